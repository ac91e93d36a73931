% A syntax error: a bracket is missing; want stderr: main\.pl:4:[0-9]+: Syntax error
main :-
    N = 5,
    member(N, [1, 2, 3, 5),
    writeln(big).
