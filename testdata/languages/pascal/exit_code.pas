{ Ends with an exit code of its own. }
program main;
begin
  halt(3);
end.
