(* Four threads compute a sum together. *)
let parts = Array.make 4 0

let part k =
  for n = (k * 250000) + 1 to (k + 1) * 250000 do
    parts.(k) <- parts.(k) + n
  done

let () =
  let threads = List.init 4 (Thread.create part) in
  List.iter Thread.join threads;
  Printf.printf "%d\n" (Array.fold_left ( + ) 0 parts)
