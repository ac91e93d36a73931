(* A program of two files: this one uses the module. *)
let () = Printf.printf "%d\n" (Answer.compute 6 7)
