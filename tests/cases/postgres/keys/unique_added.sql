-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b int, UNIQUE (a));
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b int, UNIQUE (b, a), CONSTRAINT late UNIQUE (b) DEFERRABLE INITIALLY DEFERRED);
