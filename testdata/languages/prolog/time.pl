% Computes for ever.
:- initialization(main).

main :-
    step(0).

step(N) :-
    N1 is (N * 31 + 7) mod 1000003,
    step(N1).
