(* Keeps 1 GiB of bytes, in pieces of 4 MiB. *)
let () =
  let pieces =
    List.init 256 (fun i -> Bytes.make (4 * 1024 * 1024) (Char.chr i))
  in
  if List.length pieces = 256 then print_endline "done"
