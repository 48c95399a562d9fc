-- A column of a table that is not STRICT keeps a word as it is.
-- refused without one
-- live
CREATE TABLE p (id INTEGER PRIMARY KEY);
CREATE TABLE c (p_id TEXT);
INSERT INTO p VALUES (1), (2);
INSERT INTO c VALUES ('1'), ('2.0'), ('one');
-- desired
CREATE TABLE p (id INTEGER PRIMARY KEY);
CREATE TABLE c (p_id INTEGER REFERENCES p);
