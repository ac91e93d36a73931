% Runs a command and prints its output.
:- use_module(library(process)).
:- use_module(library(readutil)).

main :-
    process_create(path(echo), [child], [stdout(pipe(Out))]),
    read_string(Out, _, Text),
    close(Out),
    write(Text).
