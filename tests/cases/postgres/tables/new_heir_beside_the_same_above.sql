-- The server merges what a new table says of a column with the same from above: a default there
-- would be one of an identity, and before PostgreSQL 16 a computed value may not be said again.
-- live
CREATE TABLE p (a int DEFAULT 1, b int, c int);
-- desired
CREATE TABLE p (a int DEFAULT 1, b int, c int DEFAULT 4, d int DEFAULT 9, e serial,
  f text GENERATED ALWAYS AS ('x') STORED);
CREATE TABLE c (a int, b int DEFAULT 2, c int, d int, e int NOT NULL,
  f text GENERATED ALWAYS AS ('x') STORED);
ALTER TABLE c INHERIT p;
CREATE TABLE c2 (a int DEFAULT 7, b int, c int DEFAULT 5, d int DEFAULT 9,
  e int NOT NULL GENERATED ALWAYS AS IDENTITY, f text GENERATED ALWAYS AS ('x') STORED);
ALTER TABLE c2 INHERIT p;
