-- A view reads what is computed otherwise: the server drops no column under it.
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, g INT GENERATED ALWAYS AS (a * b) STORED);
CREATE INDEX tg ON t (g);
CREATE VIEW v AS SELECT id, g FROM t;
INSERT INTO t (id, a, b) VALUES (1, 2, 3);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, g INT GENERATED ALWAYS AS (a + b) VIRTUAL);
CREATE INDEX tg ON t (g);
CREATE VIEW v AS SELECT id, g FROM t;
INSERT INTO t (id, a, b) VALUES (1, 2, 3);
