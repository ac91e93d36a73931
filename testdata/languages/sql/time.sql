-- Computes for ever.
WITH RECURSIVE step (n) AS (SELECT 0 UNION ALL SELECT (n * 31 + 7) % 1000003 FROM step)
SELECT max(n) FROM step;
