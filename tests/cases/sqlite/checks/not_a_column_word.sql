-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, "check" TEXT CHECK ("check" <> 'CHECK (' /* ) CHECK ( */), "unique" INT UNIQUE, "primary" INT -- CHECK (1)
 , "constraint" TEXT DEFAULT 'CONSTRAINT x CHECK (0)');
INSERT INTO t VALUES (1, 'a', 1, 1, 'q');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, "check" TEXT CHECK ("check" <> 'CHECK (' /* ) CHECK ( */), "unique" INT UNIQUE NOT NULL, "primary" INT NOT NULL -- CHECK (1)
 , "constraint" TEXT DEFAULT 'CONSTRAINT x CHECK (1)');
INSERT INTO t VALUES (1, 'a', 1, 1, 'q');
