{ Ends with an exception that nobody catches. }
// want stderr: Exception: boom\n(.*\n)*.*line 10 of (.*/)?main\.pas
program main;
{$mode objfpc}
uses
  SysUtils;

procedure check(n: integer);
begin
  if n <> 1000 then raise Exception.Create('boom');
end;

begin
  check(ParamCount);
  writeln('not reached');
end.
