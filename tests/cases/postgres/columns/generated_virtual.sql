-- min 18
-- live
CREATE TABLE t (id int PRIMARY KEY, a int);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL);
