{ Counts the characters of a line, which is UTF-8. }
program main;
{$mode objfpc}{$H+}
var
  line: string;
begin
  readln(line);
  writeln(length(UTF8Decode(line)));
  writeln(line);
end.
