(* Computes for ever. *)
let rec step n = step (((n * 31) + 7) mod 1000003)

let () = Printf.printf "%d\n" (step 0)
