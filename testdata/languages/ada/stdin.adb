--  Reads standard input by lines and adds up the integers in it.
with Ada.Integer_Text_IO; use Ada.Integer_Text_IO;
with Ada.Strings.Fixed;   use Ada.Strings.Fixed;
with Ada.Text_IO;         use Ada.Text_IO;

procedure Main is
   Lines, Sum : Integer := 0;
begin
   while not End_Of_File loop
      declare
         Line   : constant String := Get_Line;
         Start  : Positive := Line'First;
         Last   : Natural;
         Number : Integer;
      begin
         Lines := Lines + 1;
         while Index_Non_Blank (Line (Start .. Line'Last)) > 0 loop
            Get (Line (Start .. Line'Last), Number, Last);
            Sum   := Sum + Number;
            Start := Last + 1;
         end loop;
      end;
   end loop;
   Put (Lines, Width => 0);
   New_Line;
   Put (Sum, Width => 0);
   New_Line;
end Main;
