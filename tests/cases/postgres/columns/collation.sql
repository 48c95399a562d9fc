-- live
CREATE TABLE t (id int PRIMARY KEY, a text, b text COLLATE "C");
-- desired
CREATE TABLE t (id int PRIMARY KEY, a text COLLATE "C", b text COLLATE "POSIX");
