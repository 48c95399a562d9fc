-- Rows of a child are proven, and those of its parent are not: in whatever order their names are.
-- min 18
-- live
CREATE TABLE parent (a int, b int NOT NULL);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE below () INHERITS (child);
CREATE TABLE parted (a int, b int) PARTITION BY LIST (b);
CREATE TABLE a_part PARTITION OF parted DEFAULT;
-- desired
CREATE TABLE parent (a int, b int);
ALTER TABLE parent ADD CONSTRAINT parent_a_not_null NOT NULL a NOT VALID;
ALTER TABLE parent ADD CONSTRAINT parent_b_not_null NOT NULL b NOT VALID;
CREATE TABLE child () INHERITS (parent);
CREATE TABLE below () INHERITS (child);
CREATE TABLE parted (a int, b int) PARTITION BY LIST (b);
ALTER TABLE parted ADD CONSTRAINT parted_a_not_null NOT NULL a NOT VALID;
CREATE TABLE a_part PARTITION OF parted DEFAULT;
