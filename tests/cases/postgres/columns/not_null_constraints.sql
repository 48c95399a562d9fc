-- NOT NULL is a constraint: not valid, not inherited, named, with a comment.
-- min 18

-- live
CREATE TABLE t (a int, b int NOT NULL, c int CONSTRAINT cc NOT NULL NO INHERIT, d int NOT NULL, e int NOT NULL);
COMMENT ON CONSTRAINT t_d_not_null ON t IS 'said';

-- desired
CREATE TABLE t (a int CONSTRAINT x NOT NULL NO INHERIT, b int, c int CONSTRAINT cc NOT NULL, d int, e int NOT NULL);
ALTER TABLE t ADD CONSTRAINT nb NOT NULL b NOT VALID;
ALTER TABLE t ADD CONSTRAINT t_d_not_null NOT NULL d NOT VALID;
COMMENT ON CONSTRAINT t_e_not_null ON t IS 'said of another';
CREATE TABLE fresh (a int, b int NOT NULL NO INHERIT);
ALTER TABLE fresh ADD CONSTRAINT later NOT NULL a NOT VALID;
COMMENT ON CONSTRAINT later ON fresh IS 'new';
