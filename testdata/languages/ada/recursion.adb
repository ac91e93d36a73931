--  Calls itself without end; the result of the inner call is needed.
with Ada.Text_IO;

procedure Main is
   function Deep (N : Natural) return Natural is
   begin
      return N mod 10 + Deep (N + 1) mod 1000;
   end Deep;
begin
   Ada.Text_IO.Put_Line (Natural'Image (Deep (1)));
end Main;
