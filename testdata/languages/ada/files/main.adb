--  A program of two files: the other one is a function.
with Ada.Integer_Text_IO;
with Ada.Text_IO;
with Answer;

procedure Main is
begin
   Ada.Integer_Text_IO.Put (Answer, Width => 0);
   Ada.Text_IO.New_Line;
end Main;
