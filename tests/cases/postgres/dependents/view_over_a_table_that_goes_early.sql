-- live
CREATE TABLE s (i int CONSTRAINT s_key PRIMARY KEY, n int);
CREATE VIEW v AS SELECT i FROM s;
CREATE TABLE t (a int, b int);
CREATE VIEW w AS SELECT a FROM t;
-- desired
CREATE TABLE old (i int CONSTRAINT s_key PRIMARY KEY, n int);
CREATE VIEW v AS SELECT i FROM old;
CREATE TABLE t (a bigint, b int);
CREATE VIEW w AS SELECT a FROM t;
