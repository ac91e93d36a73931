{ Uses a variable that was never declared. }
// want compile: main\.pas\(5,15\) Error: .*"number"
program main;
begin
  writeln(1 + number);
end.
