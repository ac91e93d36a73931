--  Four tasks share a sum.
with Ada.Text_IO;

procedure Main is
   type Number is range 0 .. 2 ** 62;

   package Number_IO is new Ada.Text_IO.Integer_IO (Number);

   protected Total is
      procedure Add (N : Number);
      function Value return Number;
   private
      Sum : Number := 0;
   end Total;

   protected body Total is
      procedure Add (N : Number) is
      begin
         Sum := Sum + N;
      end Add;

      function Value return Number is (Sum);
   end Total;

   task type Adder (Part : Natural);

   task body Adder is
      First : constant Number := Number (Part) * 250_000 + 1;
      Sum   : Number := 0;
   begin
      for N in First .. First + 249_999 loop
         Sum := Sum + N;
      end loop;
      Total.Add (Sum);
   end Adder;
begin
   declare
      A : Adder (0);
      B : Adder (1);
      C : Adder (2);
      D : Adder (3);
   begin
      null;
   end;
   Number_IO.Put (Total.Value, Width => 0);
   Ada.Text_IO.New_Line;
end Main;
