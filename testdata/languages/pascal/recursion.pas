{ Calls itself without end; the result of the inner call is needed. }
program main;

function deep(n: longint): longint;
begin
  deep := n mod 10 + deep(n + 1) mod 1000;
end;

begin
  writeln(deep(1));
end.
