-- Functions that make a range say so to the server.
-- min 14
-- live
CREATE TYPE d AS RANGE (subtype = int4);
CREATE TABLE t (n int CHECK (n > 0), x int);
CREATE FUNCTION f() RETURNS boolean LANGUAGE sql RETURN isempty(d(1, 2));
CREATE FUNCTION g() RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT isempty(d(1, 2)); END;
CREATE VIEW v AS SELECT d_multirange(d(1, 2)) AS it, f() AS other;
-- desired
CREATE TYPE d AS RANGE (subtype = int8);
CREATE TABLE t (n int CHECK (n > 0), x int);
CREATE FUNCTION f() RETURNS boolean LANGUAGE sql RETURN isempty(d(1, 2));
CREATE FUNCTION g() RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT isempty(d(1, 2)); END;
CREATE VIEW v AS SELECT d_multirange(d(1, 2)) AS it, f() AS other;
