% The module of a program of two files.
:- module(answer, [compute/3]).

compute(A, B, Result) :-
    Result is A * B.
