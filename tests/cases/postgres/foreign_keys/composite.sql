-- live
CREATE TABLE p (id int PRIMARY KEY, a int NOT NULL, b int NOT NULL, UNIQUE (a, b));
CREATE TABLE c (x int, y int);
-- desired
CREATE TABLE p (id int PRIMARY KEY, a int NOT NULL, b int NOT NULL, UNIQUE (a, b));
CREATE TABLE c (x int, y int, FOREIGN KEY (x, y) REFERENCES p (a, b) MATCH FULL ON DELETE RESTRICT);
