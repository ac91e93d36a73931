--  Uses a variable that was never declared.
--  want compile: main\.adb:7:45: error: "Number" is undefined
with Ada.Text_IO;

procedure Main is
begin
   Ada.Text_IO.Put_Line (Integer'Image (1 + Number));
end Main;
