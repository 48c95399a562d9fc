-- live
CREATE TABLE t (id int PRIMARY KEY, m text NOT NULL DEFAULT 'sad');
-- desired
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'sad');
