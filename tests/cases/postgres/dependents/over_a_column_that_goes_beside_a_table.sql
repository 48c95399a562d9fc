-- one way
-- A policy of a table that goes reads another table, of which a column goes; what is over that column,
-- and comes again, goes before it does.
-- live
CREATE TABLE t (a int);
CREATE POLICY p1 ON t USING (a > 5);
CREATE TABLE c (x int);
CREATE POLICY p3 ON c USING (x IN (SELECT a FROM t));
CREATE TABLE w (a int);
CREATE VIEW v AS SELECT a FROM w;
CREATE TABLE u (x int);
CREATE TABLE d (x int);
CREATE POLICY p4 ON d USING (x IN (SELECT x FROM u));
-- desired
CREATE TABLE t (c1 int);
CREATE POLICY p1 ON t USING (c1 > 5);
CREATE TABLE w (c1 int);
CREATE VIEW v AS SELECT c1 FROM w;
