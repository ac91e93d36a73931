(* Modules of several directories, and one with an interface. *)
(* want entrypoint: bin/main.ml *)
(* want stdout: ^42\n$ *)
let () = print_endline (Answer.text ())
