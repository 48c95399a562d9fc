-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(20) UNIQUE);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a bigint, b text UNIQUE);
