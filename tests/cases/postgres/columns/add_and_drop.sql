-- live
CREATE TABLE t (id int PRIMARY KEY, gone text, kept int);
-- desired
CREATE TABLE t (id int PRIMARY KEY, kept int, added timestamptz NOT NULL DEFAULT now(), note text);
