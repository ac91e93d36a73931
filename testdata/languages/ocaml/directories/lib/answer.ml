let hidden = 42

let text () = string_of_int hidden
