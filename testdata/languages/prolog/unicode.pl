% Counts the characters (not the bytes) of a line.
:- use_module(library(readutil)).

main :-
    read_line_to_string(user_input, Line),
    string_length(Line, Length),
    writeln(Length),
    writeln(Line).
