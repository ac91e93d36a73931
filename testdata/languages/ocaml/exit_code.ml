(* Ends with an exit code of its own. *)
let () = exit 3
