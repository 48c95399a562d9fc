-- A default is spelled by the type that it will be of.
-- live
CREATE SCHEMA fields_moved;
CREATE TYPE fields_moved.cc AS (y text, x int);
CREATE TABLE fields_moved.t (id int PRIMARY KEY, c fields_moved.cc DEFAULT ROW('a', 1)::fields_moved.cc);
CREATE SCHEMA takes_numbers;
CREATE TYPE takes_numbers.e AS ENUM ('a', 'b');
CREATE TABLE takes_numbers.t (id int, c takes_numbers.e DEFAULT 'a');
-- desired
CREATE SCHEMA fields_moved;
CREATE TYPE fields_moved.cc AS (x int, y text);
CREATE TABLE fields_moved.t (id int PRIMARY KEY, c fields_moved.cc DEFAULT ROW(1, 'a')::fields_moved.cc);
CREATE SCHEMA takes_numbers;
CREATE SEQUENCE takes_numbers.s;
CREATE DOMAIN takes_numbers.e AS int DEFAULT nextval('takes_numbers.s');
CREATE TABLE takes_numbers.t (id int, c takes_numbers.e DEFAULT nextval('takes_numbers.s'));
