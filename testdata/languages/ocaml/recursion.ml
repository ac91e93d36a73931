(* A recursion without an end, whose result is needed.
   want stderr: exception Stack overflow
*)
let rec depth n = 1 + depth (n + 1)

let () = Printf.printf "%d\n" (depth 0)
