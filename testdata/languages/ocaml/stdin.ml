(* Reads numbers from standard input: prints how many lines there were, and their sum. *)
let numbers line =
  Str.split (Str.regexp "[ \t]+") line |> List.map int_of_string

let rec read lines sum =
  match input_line stdin with
  | line -> read (lines + 1) (List.fold_left ( + ) sum (numbers line))
  | exception End_of_file -> (lines, sum)

let () =
  let lines, sum = read 0 0 in
  Printf.printf "%d\n%d\n" lines sum
