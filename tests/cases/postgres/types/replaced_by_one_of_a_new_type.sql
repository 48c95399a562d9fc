-- A type that is replaced is made of one that is new.
-- live
CREATE TYPE a_pair AS (n int, t varchar(9));
CREATE TABLE t (p a_pair);
-- desired
CREATE TYPE kind AS ENUM ('a');
CREATE TYPE a_pair AS (n int, t varchar(8), k kind);
CREATE TABLE t (p a_pair);
