(* An exception that nobody catches.
   want stderr: exception Failure\("boom"\)(.|\n)*file "main\.ml", line 5
*)
let check value =
  if value < 0 then failwith "boom";
  value + 1

let () = Printf.printf "%d\n" (check (-1))
