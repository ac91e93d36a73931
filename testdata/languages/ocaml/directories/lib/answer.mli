val text : unit -> string
