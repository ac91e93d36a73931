{ Takes a gigabyte in pieces, and keeps them all. }
program main;
{$mode objfpc}
uses
  SysUtils;
const
  size = 4 * 1024 * 1024;
var
  pieces: array[1..256] of array of byte;
  i: integer;
begin
  for i := low(pieces) to high(pieces) do
  begin
    SetLength(pieces[i], size);
    FillChar(pieces[i][0], size, i);
  end;
  writeln('done');
end.
