{ Computes for ever. }
program main;
var
  x: longword;
begin
  x := 1;
  while true do
    x := (x * 75 + 74) mod 65537;
end.
