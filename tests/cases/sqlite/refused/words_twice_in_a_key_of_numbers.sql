-- A column of a table that is not STRICT keeps a word as it is.
-- refused more than once
-- live
CREATE TABLE t (a TEXT);
INSERT INTO t VALUES ('one'), ('one'), ('1');
-- desired
CREATE TABLE t (a INTEGER UNIQUE);
