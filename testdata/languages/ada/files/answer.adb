--  The other file of the program.
function Answer return Integer is
begin
   return 6 * 7;
end Answer;
