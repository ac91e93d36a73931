% Ends with an exit code of its own.
main :-
    halt(3).
