--  Takes a gigabyte in pieces, and keeps them all.
with Ada.Text_IO;

procedure Main is
   type Piece is array (1 .. 1024 * 1024) of Integer;
   type Piece_Access is access Piece;

   Pieces : array (1 .. 256) of Piece_Access;
begin
   for I in Pieces'Range loop
      Pieces (I) := new Piece'(others => I);
   end loop;
   Ada.Text_IO.Put_Line ("done");
   Ada.Text_IO.Put_Line (Integer'Image (Pieces (256) (1024)));
end Main;
