-- refused cannot be made again from here
-- live
CREATE TYPE m AS ENUM ('a', 'b');
CREATE FUNCTION same(m, m) RETURNS boolean LANGUAGE sql AS 'select true';
CREATE OPERATOR === (LEFTARG = m, RIGHTARG = m, FUNCTION = same);
CREATE TABLE t (id int, m m);
-- desired
CREATE TYPE m AS ENUM ('b');
CREATE FUNCTION same(m, m) RETURNS boolean LANGUAGE sql AS 'select true';
CREATE OPERATOR === (LEFTARG = m, RIGHTARG = m, FUNCTION = same);
CREATE TABLE t (id int, m m);
