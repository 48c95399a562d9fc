-- live
CREATE DOMAIN checked AS int CHECK (VALUE > 0);
CREATE DOMAIN free AS int;
CREATE TABLE t (id int);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- desired
CREATE DOMAIN checked AS int CHECK (VALUE > 0);
CREATE DOMAIN free AS int;
CREATE TABLE t (id int, a checked, b free);
