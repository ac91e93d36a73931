% Reads numbers from standard input: prints how many lines there were, and their sum.
:- use_module(library(readutil)).

main :-
    read_line_to_string(user_input, Line),
    read_lines(Line, 0, Lines, 0, Sum),
    format("~d~n~d~n", [Lines, Sum]).

read_lines(end_of_file, Lines, Lines, Sum, Sum) :- !.
read_lines(Line, Lines0, Lines, Sum0, Sum) :-
    split_string(Line, " \t", " \t", Words),
    maplist(number_string, Numbers, Words),
    sum_list([Sum0|Numbers], Sum1),
    Lines1 is Lines0 + 1,
    read_line_to_string(user_input, Next),
    read_lines(Next, Lines1, Lines, Sum1, Sum).
