{ The other file of the program. }
unit answers;

interface

function answer: integer;

implementation

function answer: integer;
begin
  answer := 6 * 7;
end;

end.
