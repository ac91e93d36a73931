--  Runs a command and prints what it says.
with Ada.Text_IO;
with GNAT.Expect;    use GNAT.Expect;
with GNAT.OS_Lib;    use GNAT.OS_Lib;

procedure Main is
   Program   : String_Access := Locate_Exec_On_Path ("echo");
   Arguments : Argument_List := (1 => new String'("child"));
   Status    : aliased Integer;
begin
   Ada.Text_IO.Put_Line
     (Get_Command_Output (Program.all, Arguments, "", Status'Access));
   Free (Program);
   Free (Arguments (1));
end Main;
