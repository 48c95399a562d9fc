-- live
CREATE TABLE p (id int PRIMARY KEY, k int NOT NULL);
CREATE TABLE t (id int NOT NULL, k int NOT NULL, f int, f2 int, r int4range, c int, CONSTRAINT f2 FOREIGN KEY (f2) REFERENCES p, CONSTRAINT gone CHECK (c > 0),
  CONSTRAINT later FOREIGN KEY (f) REFERENCES p);
INSERT INTO p SELECT g, g FROM generate_series(1, 100) g;
INSERT INTO t SELECT g, g, g, g, int4range(g, g + 1), g FROM generate_series(1, 100) g;
-- desired
CREATE TABLE p (id int PRIMARY KEY, k int NOT NULL);
CREATE TABLE t (id int NOT NULL PRIMARY KEY, k int NOT NULL UNIQUE, f int REFERENCES p, f2 int, r int4range, c int CHECK (c > -5), CONSTRAINT later FOREIGN KEY (f) REFERENCES p DEFERRABLE,
  EXCLUDE USING gist (r WITH &&));
COMMENT ON TABLE t IS 'x';
