-- live
CREATE TABLE t (id int PRIMARY KEY, s varchar(9), n int, CHECK (n BETWEEN 1 AND 5));
-- desired
CREATE TABLE t (id int PRIMARY KEY, s varchar(9), n int, CHECK (n BETWEEN 1 AND 5), CONSTRAINT s_in CHECK (s = ANY (ARRAY['a'::text, 'b'::text])));
