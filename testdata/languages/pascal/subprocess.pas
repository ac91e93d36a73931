{ Runs a command and prints what it says. }
program main;
uses
  Unix;
var
  child: text;
  line: string;
begin
  POpen(child, 'echo child', 'R');
  while not eof(child) do
  begin
    readln(child, line);
    writeln(line);
  end;
  PClose(child);
end.
