-- Keeps 1 GiB of random bytes in a table, in pieces of 4 MiB.
.mode list
CREATE TABLE piece (content BLOB);

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 256)
INSERT INTO piece SELECT randomblob(4 * 1024 * 1024) FROM n;

SELECT 'done';
