% A recursion without an end, whose result is needed.
main :-
    depth(0, Depth),
    writeln(Depth).

depth(N, Depth) :-
    N1 is N + 1,
    depth(N1, Depth1),
    Depth is Depth1 + 1.
