-- refused make the function that it calls by hand first: CREATE FUNCTION
-- live
CREATE TABLE t (a integer);
-- desired
CREATE FUNCTION even(integer) RETURNS boolean LANGUAGE sql IMMUTABLE SECURITY DEFINER
  AS 'SELECT $1 % 2 = 0';
CREATE TABLE t (a integer CHECK (even(a)));
