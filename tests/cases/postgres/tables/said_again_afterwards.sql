-- A table says for itself what it has from its parents: they go, and come again.
-- one way
-- live
CREATE SCHEMA alone;
CREATE TABLE alone.p (a int NOT NULL, b text DEFAULT 'x', CONSTRAINT pos CHECK (a > 0));
CREATE TABLE alone.c (c int) INHERITS (alone.p);
CREATE SCHEMA second;
CREATE TABLE second.p (a int, b text);
CREATE TABLE second.q (x int, y text);
CREATE TABLE second.c (c int) INHERITS (second.p, second.q);
CREATE SCHEMA altered;
CREATE TABLE altered.p (a int, b text);
CREATE TABLE altered.c () INHERITS (altered.p);
-- desired
CREATE SCHEMA alone;
CREATE TABLE alone.p (a int NOT NULL, b text DEFAULT 'x', CONSTRAINT pos CHECK (a > 0));
CREATE TABLE alone.c (a int NOT NULL, b text DEFAULT 'x', c int, CONSTRAINT pos CHECK (a > 0)) INHERITS (alone.p);
CREATE SCHEMA second;
CREATE TABLE second.p (a int, b text);
CREATE TABLE second.q (x int, y text);
CREATE TABLE second.c (x int, y text, c int) INHERITS (second.p, second.q);
CREATE SCHEMA altered;
CREATE TABLE altered.p (a bigint, b text);
CREATE TABLE altered.c (a bigint, b text) INHERITS (altered.p);
