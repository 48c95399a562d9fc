-- live
CREATE DOMAIN d AS text DEFAULT 'x' CONSTRAINT short CHECK (length(VALUE) < 5);
CREATE TABLE t (id int PRIMARY KEY, v d);
-- desired
CREATE DOMAIN d AS text DEFAULT 'y' NOT NULL CONSTRAINT longer CHECK (length(VALUE) < 50);
CREATE TABLE t (id int PRIMARY KEY, v d);
