% Four threads compute a sum together.
:- use_module(library(thread)).

main :-
    numlist(0, 3, Ks),
    findall(part(K, _), member(K, Ks), Goals),
    concurrent(4, Goals, []),
    findall(Sum, member(part(_, Sum), Goals), Sums),
    sum_list(Sums, Total),
    writeln(Total).

part(K, Sum) :-
    First is K * 250000 + 1,
    Last is (K + 1) * 250000,
    add(First, Last, 0, Sum).

add(N, Last, Sum, Sum) :- N > Last, !.
add(N, Last, Sum0, Sum) :-
    Sum1 is Sum0 + N,
    N1 is N + 1,
    add(N1, Last, Sum1, Sum).
