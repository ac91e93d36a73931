% Prints each command line argument on a line of its own.
:- use_module(library(main)).
:- initialization(main, main).

main(Arguments) :-
    maplist(writeln, Arguments).
