% How programs in Prolog are started: the file is loaded, and if nothing in it runs
% main, that is called, with the arguments if it takes any. The exit code is 1 when
% the file, one of its directives or main failed, 2 when nobody caught what main threw,
% and otherwise the program's own. There is no toplevel to wait for input at the end.
:- use_module(library(prolog_stack)).

:- dynamic runs_main/0, directive_failed/0.

% A directive that calls main itself, so that main must not be called once more.
user:term_expansion((:- Directive), _) :-
    callable(Directive),
    functor(Directive, Name, _),
    \+ declaration(Name),
    sub_term(Part, Directive),
    Part == main,
    assertz(runs_main),
    fail.

declaration(Name) :-
    memberchk(Name, [module, use_module, ensure_loaded, consult, include, dynamic, discontiguous, multifile, table]).

% It is only printed otherwise.
user:message_hook(Message, _, _) :-
    failure(Message),
    assertz(directive_failed),
    fail.

failure(initialization_failure(_, _)).
failure(goal_failed(directive, _)).

start :-
    current_prolog_flag(argv, [File|Arguments]),
    set_prolog_flag(argv, Arguments),
    load_files(user:File, []),
    statistics(errors, Errors),
    (   ( Errors > 0 ; directive_failed )
    ->  halt(1)
    ;   runs_main
    ->  true
    ;   call_main(Arguments)
    ).

call_main(Arguments) :-
    (   current_predicate(user:main/0)
    ->  guarded(user:main)
    ;   current_predicate(user:main/1)
    ->  guarded(user:main(Arguments))
    ;   true
    ).

guarded(Goal) :-
    (   catch_with_backtrace(Goal, Error, ( print_message(error, unhandled_exception(Error)), halt(2) ))
    ->  true
    ;   print_message(error, format('main failed', [])),
        halt(1)
    ).
