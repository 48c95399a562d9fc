-- refused give it a default in the desired schema
-- live
CREATE TABLE t (id int);
INSERT INTO t VALUES (1);
-- desired
CREATE TABLE t (id int, a int NOT NULL);
