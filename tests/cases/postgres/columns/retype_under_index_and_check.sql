-- live
CREATE TABLE t (id int PRIMARY KEY, a int CHECK (a > 0), b varchar(9));
CREATE INDEX t_a ON t (a) WHERE b IS NOT NULL;
CREATE INDEX t_ab ON t (lower(b), a);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a bigint CHECK (a > 0), b text);
CREATE INDEX t_a ON t (a) WHERE b IS NOT NULL;
CREATE INDEX t_ab ON t (lower(b), a);
