-- What came from a parent is the table's own afterwards, and what a table says itself of a new
-- column is there before it comes from above.
-- one way
-- live
CREATE TABLE p (a bigint NOT NULL, b text, CONSTRAINT pos CHECK (a > 0));
CREATE TABLE c (c int) INHERITS (p);
CREATE TABLE d (d int) INHERITS (c);
CREATE TABLE e (e int) INHERITS (p);
CREATE TABLE f (f int) INHERITS (p);
-- desired
CREATE TABLE p (a bigint NOT NULL, b text, n int DEFAULT 1, CONSTRAINT pos CHECK (a > 0));
CREATE TABLE c (a int, c int);
CREATE TABLE d (a int, d int);
CREATE TABLE e (a bigint NOT NULL, b text, e int, CONSTRAINT pos CHECK (a > 0));
CREATE TABLE f (f int, n int DEFAULT 2) INHERITS (p);
