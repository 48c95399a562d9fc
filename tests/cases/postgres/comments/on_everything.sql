-- live
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (id int PRIMARY KEY, a int CONSTRAINT k CHECK (a > 0));
CREATE INDEX i ON t (a);
COMMENT ON TABLE t IS 'old';
-- desired
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (id int PRIMARY KEY, a int CONSTRAINT k CHECK (a > 0));
CREATE INDEX i ON t (a);
COMMENT ON TABLE t IS 'it''s new; with a \ and
a second line';
COMMENT ON COLUMN t.a IS 'a number';
COMMENT ON CONSTRAINT k ON t IS 'always';
COMMENT ON INDEX i IS 'fast';
COMMENT ON TYPE e IS 'letters';
