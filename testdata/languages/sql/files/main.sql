-- A program of two files: this one reads the other.
.mode list
.read schema.sql
SELECT a * b FROM factors;
