{ Prints a line. }
program hello;
begin
  writeln('hello');
end.
