-- live
CREATE DOMAIN d AS int;
CREATE TABLE p (id int PRIMARY KEY, s varchar(5) UNIQUE, d d);
CREATE TABLE t (id int, checked varchar(5) REFERENCES p (s) CONSTRAINT checked CHECK (checked <> ''), k int, n int);
CREATE INDEX gone ON t (id);
INSERT INTO p SELECT g, g, g FROM generate_series(1, 100) g;
INSERT INTO t SELECT g, g, g, g FROM generate_series(1, 100) g;
-- desired
CREATE DOMAIN d AS int CHECK (VALUE > 0);
CREATE TABLE p (id int PRIMARY KEY, s varchar(5) UNIQUE, d d);
CREATE TABLE t (id int REFERENCES p, checked varchar(9) REFERENCES p (s) CONSTRAINT checked CHECK (checked <> ''), k int UNIQUE, n int NOT NULL, CHECK (id > 0));
CREATE INDEX made ON t (checked);
CREATE TABLE another (id int PRIMARY KEY, n int);
