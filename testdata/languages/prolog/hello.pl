% Prints a greeting.
:- initialization(main).

main :-
    writeln(hello).
