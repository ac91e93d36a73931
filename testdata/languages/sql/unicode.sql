-- Counts the characters (not the bytes) of a line.
.mode list
CREATE TABLE line (text TEXT);
.import '|cat' line
SELECT length(text) FROM line;
SELECT text FROM line;
