-- live
CREATE TABLE t (id int PRIMARY KEY, a text DEFAULT '5', b int NOT NULL DEFAULT 7);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 5, b text NOT NULL DEFAULT 'seven');
