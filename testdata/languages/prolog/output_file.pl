% Writes a file to the current directory (a program of directives only).
:- open('out.txt', write, Stream),
   writeln(Stream, written),
   close(Stream).
