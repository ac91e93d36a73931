{ Writes a file to the current directory. }
program main;
var
  f: text;
begin
  assign(f, 'out.txt');
  rewrite(f);
  writeln(f, 'written');
  close(f);
end.
