-- An insert that a trigger refuses; want stderr: near line 9:.*boom
CREATE TABLE account (name TEXT, amount INTEGER);

CREATE TRIGGER no_debts BEFORE INSERT ON account
WHEN new.amount < 0
BEGIN
  SELECT raise(ABORT, 'boom');
END;
INSERT INTO account VALUES ('me', -1);
SELECT 'not reached';
