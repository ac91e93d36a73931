--  Counts the characters of a line, which is UTF-8.
with Ada.Integer_Text_IO;
with Ada.Strings.UTF_Encoding.Wide_Wide_Strings;
with Ada.Text_IO;

procedure Main is
   use Ada.Strings.UTF_Encoding.Wide_Wide_Strings;

   Line : constant String := Ada.Text_IO.Get_Line;
begin
   Ada.Integer_Text_IO.Put (Decode (Line)'Length, Width => 0);
   Ada.Text_IO.New_Line;
   Ada.Text_IO.Put_Line (Line);
end Main;
