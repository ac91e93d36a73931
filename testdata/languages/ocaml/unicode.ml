(* Counts the characters (not the bytes) of a line: OCaml's strings are bytes,
   and each character of UTF-8 has one byte that does not continue another. *)
let count_characters text =
  let begins c = Char.code c land 0xC0 <> 0x80 in
  String.to_seq text |> Seq.filter begins |> Seq.fold_left (fun n _ -> n + 1) 0

let () =
  let line = read_line () in
  Printf.printf "%d\n%s\n" (count_characters line) line
