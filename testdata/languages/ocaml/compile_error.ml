(* A type error: a text is no number.
   want compile: File "main\.ml", line 6, characters 37-44
*)
let add a b = a + b

let () = Printf.printf "%d\n" (add 1 "three")
