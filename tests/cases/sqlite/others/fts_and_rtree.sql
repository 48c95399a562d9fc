-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
CREATE VIRTUAL TABLE docs USING fts5(title, body, content='t', content_rowid='id');
CREATE VIRTUAL TABLE plain USING fts5(x);
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1);
INSERT INTO t VALUES (1, 'x'); INSERT INTO plain VALUES ('hello world'); INSERT INTO box VALUES (1, 0, 1);
CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO plain VALUES (NEW.a); END;
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT);
INSERT INTO t VALUES (1, 'x', 2);
-- next
INSERT INTO t VALUES (2, 'y', 1); SELECT count(*) FROM plain WHERE plain MATCH 'zzz' AND 0;
