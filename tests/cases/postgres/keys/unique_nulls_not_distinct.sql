-- min 15
-- live
CREATE TABLE t (id int PRIMARY KEY, a int, UNIQUE (a));
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, UNIQUE NULLS NOT DISTINCT (a));
