-- live
CREATE TABLE t (id int PRIMARY KEY, s text, CONSTRAINT s_known CHECK (s IN ('a', 'b')));
-- desired
CREATE TABLE t (id int PRIMARY KEY, s text, CONSTRAINT s_known CHECK (s IN ('a', 'b', 'c')));
