% An error that nobody catches; want stderr: Type error: `integer' expected, found `boom'(.|\n)*main\.pl:9
:- initialization(main).

main :-
    double(boom, Result),
    writeln(Result).

double(Value, Result) :-
    must_be(integer, Value),
    Result is Value * 2.
