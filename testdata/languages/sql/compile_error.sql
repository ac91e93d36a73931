-- A syntax error: an operator too many; want stderr: near line 4:.*syntax error
CREATE TABLE word (name TEXT, size INTEGER);
INSERT INTO word VALUES ('three', 5);
SELECT name, size FROM word WHERE size > > 3;
SELECT 'not reached';
