(* The module of a program of two files. *)
let compute a b = a * b
