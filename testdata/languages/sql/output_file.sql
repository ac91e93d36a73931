-- Writes a file to the current directory.
.mode list
.once out.txt
SELECT 'written';
