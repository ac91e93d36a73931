(* Prints a greeting. *)
let () = print_endline "hello"
