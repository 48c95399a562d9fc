-- live
CREATE DOMAIN d AS int;
CREATE TABLE t (id int PRIMARY KEY, v d);
-- desired
CREATE DOMAIN d AS bigint;
CREATE TABLE t (id int PRIMARY KEY, v d);
