-- live
CREATE TYPE e AS ENUM ('a', 'b', 'c');
CREATE TABLE t (id int PRIMARY KEY, v e CONSTRAINT v_ok CHECK (v <> 'a'));
CREATE INDEX i ON t (v) WHERE v = 'a';
-- desired
CREATE TYPE e AS ENUM ('a', 'c');
CREATE TABLE t (id int PRIMARY KEY, v e CONSTRAINT v_ok CHECK (v <> 'a'));
CREATE INDEX i ON t (v) WHERE v = 'a';
