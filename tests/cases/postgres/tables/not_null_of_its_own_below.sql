-- min 18
-- A table that inherits has the NOT NULL of its parent's column under a name of its own.
-- live
CREATE TABLE p (id int NOT NULL, n text CONSTRAINT pn NOT NULL, r int CONSTRAINT pr NOT NULL);
CREATE TABLE c (CONSTRAINT own NOT NULL id, CONSTRAINT nn NOT NULL n, CONSTRAINT rr NOT NULL r, x int) INHERITS (p);
CREATE TABLE d (y int) INHERITS (c);
COMMENT ON CONSTRAINT p_id_not_null ON p IS 'k';
-- desired
CREATE TABLE p (id bigint NOT NULL, n varchar(30) CONSTRAINT pn2 NOT NULL, r int CONSTRAINT pr2 NOT NULL);
CREATE TABLE c (CONSTRAINT own NOT NULL id, CONSTRAINT nn NOT NULL n, CONSTRAINT rr NOT NULL r, x int) INHERITS (p);
CREATE TABLE d (y int) INHERITS (c);
COMMENT ON CONSTRAINT p_id_not_null ON p IS 'k';
