-- What inherits has a numbered column without its numbers.
-- live
CREATE TABLE parent (a int);
CREATE TABLE child (b int) INHERITS (parent);
-- desired
CREATE TABLE parent (a int, n int GENERATED ALWAYS AS IDENTITY, s serial);
CREATE TABLE child (b int) INHERITS (parent);
