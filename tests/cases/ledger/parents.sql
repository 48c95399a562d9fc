-- live
CREATE TABLE p (id int NOT NULL, a int);
CREATE TABLE comes (id int NOT NULL, a int);
CREATE TABLE goes (own int) INHERITS (p);
CREATE TYPE ty AS (id int, a int);
CREATE TABLE typed OF ty;
CREATE TABLE loose (id int, a int);
INSERT INTO p SELECT g, g FROM generate_series(1, 100) g;
INSERT INTO comes SELECT g, g FROM generate_series(1, 100) g;
INSERT INTO goes SELECT g, g, g FROM generate_series(1, 100) g;
INSERT INTO typed SELECT g, g FROM generate_series(1, 100) g;
INSERT INTO loose SELECT g, g FROM generate_series(1, 100) g;
-- desired
CREATE TABLE p (id int NOT NULL, a int);
CREATE TABLE comes (id int NOT NULL, a int) INHERITS (p);
CREATE TABLE goes (id int NOT NULL, a int, own int);
CREATE TYPE ty AS (id int, a int);
CREATE TABLE typed (id int, a int);
CREATE TABLE loose OF ty;
