{ Reads standard input by lines and adds up the integers in it. }
program main;
var
  lines, number, sum: int64;
begin
  lines := 0;
  sum := 0;
  while not eof do
  begin
    lines := lines + 1;
    while not seekeoln do
    begin
      read(number);
      sum := sum + number;
    end;
    readln;
  end;
  writeln(lines);
  writeln(sum);
end.
