-- live
CREATE TABLE t (id int PRIMARY KEY, n int, s smallint NOT NULL DEFAULT 1);
-- desired
CREATE TABLE t (id int PRIMARY KEY, n bigint, s int NOT NULL DEFAULT 1);
