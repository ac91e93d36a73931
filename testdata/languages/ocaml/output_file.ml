(* Writes a file to the current directory. *)
let () =
  let channel = open_out "out.txt" in
  output_string channel "written\n";
  close_out channel
