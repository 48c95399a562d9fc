-- live
CREATE TABLE t (id int, a int, b int);
CREATE INDEX was ON t (a);
CREATE INDEX gone ON t (b);
CREATE INDEX filled ON t (b, a);
CREATE STATISTICS st_gone ON a, b FROM t;
CREATE STATISTICS st ON id, b FROM t;
INSERT INTO t SELECT g, g, g FROM generate_series(1, 100) g;
-- desired
CREATE TABLE t (id int, a int, b int);
CREATE INDEX is_now ON t (a);
CREATE INDEX made ON t (id);
CREATE INDEX filled ON t (b, a) WITH (fillfactor = 70);
CREATE STATISTICS st_made ON id, a FROM t;
CREATE STATISTICS st ON id, b FROM t;
ALTER STATISTICS st SET STATISTICS 50;
