-- Functions that call others say so to the server, and come after them.
-- min 14
-- one way
-- live
CREATE SCHEMA app;
CREATE TABLE app.old (a int);
CREATE TYPE app.mood AS ENUM ('a', 'b');
-- desired
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('b', 'a');
CREATE FUNCTION app.mooded(m app.mood) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE TABLE app.old (a int DEFAULT app.mooded('a'));
create function app."Mixed Fn"(a int, b int default 3) returns int immutable language sql begin atomic select a + b; end;
create function app.outer2(a int) returns int immutable language sql begin atomic select app."Mixed Fn"(a) + 1; end;
create table app.z(a int default app.outer2(2), b int, exclude using btree ((app.outer2(b)) with =));
create statistics app.st on (app.outer2(a)), b from app.z;
