--  Ends with an exception that nobody handles.
--  want stderr: raised PROGRAM_ERROR : boom\n(.*\n)*.*main\.adb:9\b
with Ada.Command_Line;
with Ada.Text_IO;

procedure Main is
begin
   if Ada.Command_Line.Argument_Count /= 1000 then
      raise Program_Error with "boom";
   end if;
   Ada.Text_IO.Put_Line ("not reached");
end Main;
