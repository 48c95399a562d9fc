-- A change of the parent's column is its children's too, and is said once.
-- live
CREATE TABLE parent (id int PRIMARY KEY, x int NOT NULL, CHECK (x > 0));
CREATE TABLE child (y int) INHERITS (parent);
CREATE TABLE solo (id int NOT NULL, x int NOT NULL, CHECK (x > 0), CONSTRAINT parent_x_check CHECK (x > 0));
-- desired
CREATE TABLE parent (id bigint PRIMARY KEY, x int, z text DEFAULT 'z');
CREATE TABLE child (y int, w int) INHERITS (parent);
CREATE TABLE solo (id int NOT NULL, x int NOT NULL);
