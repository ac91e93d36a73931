% A program of two files: this one uses the module.
:- use_module(answer).

main :-
    compute(6, 7, Answer),
    writeln(Answer).
