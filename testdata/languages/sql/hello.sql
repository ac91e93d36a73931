-- Prints a greeting.
.mode list
SELECT 'hello';
