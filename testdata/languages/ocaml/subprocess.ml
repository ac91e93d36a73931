(* Runs a command and prints its output. *)
let () =
  let channel = Unix.open_process_in "echo child" in
  print_endline (input_line channel);
  match Unix.close_process_in channel with
  | Unix.WEXITED 0 -> ()
  | _ -> failwith "the command failed"
