-- Imports standard input as a table: prints how many lines there were, and the sum of their numbers.
.mode list
CREATE TABLE line (text TEXT);
.import '|cat' line

SELECT count(*) FROM line;

WITH RECURSIVE word (number, rest) AS (
  SELECT NULL, text || ' ' FROM line
  UNION ALL
  SELECT substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1)
  FROM word
  WHERE rest <> ''
)
SELECT sum(CAST(number AS INTEGER)) FROM word;
