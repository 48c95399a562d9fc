-- refused cast public.m AS integer
-- live
CREATE TYPE m AS ENUM ('a', 'b');
CREATE CAST (m AS integer) WITH INOUT AS ASSIGNMENT;
CREATE TABLE t (id int, m m);
-- desired
CREATE TABLE t (id int, m int);
