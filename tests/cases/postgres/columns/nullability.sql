-- live
CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b int);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b int NOT NULL);
