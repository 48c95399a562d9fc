-- A column that is computed otherwise goes and comes with its parent's.
-- live
CREATE TABLE parent (a int, b int, c int GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE child (d int) INHERITS (parent);
CREATE TABLE parted (a int, b int, c int GENERATED ALWAYS AS (a + 1) STORED) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF parted DEFAULT;
-- desired
CREATE TABLE parent (a int, c bigint, b int GENERATED ALWAYS AS (a + 2) STORED);
CREATE TABLE child (d int) INHERITS (parent);
CREATE TABLE parted (a int, c bigint, b int GENERATED ALWAYS AS (a + 2) STORED) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF parted DEFAULT;
