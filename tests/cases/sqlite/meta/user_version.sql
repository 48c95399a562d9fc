-- live
PRAGMA user_version = 17; PRAGMA application_id = 4242; PRAGMA journal_mode = WAL;
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
INSERT INTO t VALUES (1, 'a');
-- desired
PRAGMA user_version = 3;
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL);
INSERT INTO t VALUES (1, 'a');
