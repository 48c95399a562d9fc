-- refused change the type by hand first: ALTER TABLE .. ALTER COLUMN .. TYPE .. USING ..
-- live
CREATE TABLE t (a text);
INSERT INTO t VALUES ('x');
-- desired
CREATE TABLE t (a int);
