--  Prints its arguments, each on a line.
with Ada.Command_Line; use Ada.Command_Line;
with Ada.Text_IO;

procedure Main is
begin
   for I in 1 .. Argument_Count loop
      Ada.Text_IO.Put_Line (Argument (I));
   end loop;
end Main;
