-- min 18
-- live
CREATE TABLE above (id int, a int GENERATED ALWAYS AS (id * 2) VIRTUAL);
CREATE TABLE below (a int GENERATED ALWAYS AS (id * 3) VIRTUAL) INHERITS (above);
INSERT INTO below (id) SELECT g FROM generate_series(1, 100) g;
-- desired
CREATE TABLE above (id int, a int GENERATED ALWAYS AS (id * 2) VIRTUAL);
CREATE TABLE below (a int GENERATED ALWAYS AS (id * 4) VIRTUAL) INHERITS (above);
