--  Computes for ever.
with Interfaces; use Interfaces;

procedure Main is
   X : Unsigned_32 := 1 with Volatile;
begin
   loop
      X := X * 1664525 + 1013904223;
   end loop;
end Main;
