-- max 14
-- refused was computed by `f`
-- live
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (f(a)) STORED);
-- desired
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
CREATE TABLE t (a int, b json);
