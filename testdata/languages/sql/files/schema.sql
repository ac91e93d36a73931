-- The other file of a program of two files.
CREATE TABLE factors (a INTEGER, b INTEGER);
INSERT INTO factors VALUES (6, 7);
