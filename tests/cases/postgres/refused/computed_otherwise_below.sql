-- min 16
-- max 16
-- refused PostgreSQL before 17 alters no expression
-- live
CREATE TABLE p (a int, e int GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE c (e int GENERATED ALWAYS AS (a + 2) STORED) INHERITS (p);
-- desired
CREATE TABLE p (a int, e int GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE c (e int GENERATED ALWAYS AS (a + 3) STORED) INHERITS (p);
