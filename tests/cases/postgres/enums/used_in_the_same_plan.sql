-- live
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'sad');
-- desired
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'ok', CONSTRAINT not_sad CHECK (m <> 'sad'));
CREATE INDEX i ON t (id) WHERE m = 'ok';
