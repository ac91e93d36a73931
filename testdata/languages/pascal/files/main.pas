{ A program of two files: the other one is a unit. }
program main;
uses
  answers;
begin
  writeln(answer);
end.
