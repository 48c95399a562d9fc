-- live
CREATE TABLE t (id int PRIMARY KEY, a int);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT a_pos CHECK (a > 0) NO INHERIT);
