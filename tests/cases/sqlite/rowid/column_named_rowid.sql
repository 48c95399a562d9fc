-- live
CREATE TABLE t (rowid TEXT, oid INT, a TEXT);
INSERT INTO t VALUES ('r', 3, 'x'), ('s', 4, 'y');
CREATE TABLE u (_rowid_ TEXT, rowid TEXT, oid TEXT, a TEXT);
INSERT INTO u VALUES ('r', 's', 't', 'x');
-- desired
CREATE TABLE t (rowid TEXT NOT NULL, oid INT, a TEXT);
INSERT INTO t VALUES ('r', 3, 'x'), ('s', 4, 'y');
CREATE TABLE u (_rowid_ TEXT, rowid TEXT, oid TEXT, a TEXT UNIQUE);
INSERT INTO u VALUES ('r', 's', 't', 'x');
