% Keeps 1 GiB of lists, in pieces of 4 MiB (a list of 174763 numbers).
main :-
    pieces(256, Pieces),
    length(Pieces, 256),
    writeln(done).

pieces(0, []) :- !.
pieces(N, [Piece|Pieces]) :-
    numlist(1, 174763, Piece),
    N1 is N - 1,
    pieces(N1, Pieces).
