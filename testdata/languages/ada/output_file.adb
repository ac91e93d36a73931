--  Writes a file to the current directory.
with Ada.Text_IO; use Ada.Text_IO;

procedure Main is
   Output : File_Type;
begin
   Create (Output, Out_File, "out.txt");
   Put_Line (Output, "written");
   Close (Output);
end Main;
