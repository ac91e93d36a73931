-- A trigger that fires itself without an end; want stderr: too many levels of trigger recursion
PRAGMA recursive_triggers = ON;
CREATE TABLE depth (n INTEGER);

CREATE TRIGGER deeper AFTER INSERT ON depth
BEGIN
  INSERT INTO depth VALUES (new.n + 1);
END;

INSERT INTO depth VALUES (0);
SELECT max(n) FROM depth;
