-- min 14
-- live
CREATE TABLE t (id int PRIMARY KEY, a text);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a text COMPRESSION pglz);
