-- Nothing to do: the server spells both alike.
-- live
CREATE TABLE t (id int PRIMARY KEY, a varchar(9) DEFAULT 'x'::varchar, b int DEFAULT (1), c timestamptz DEFAULT now());
-- desired
CREATE TABLE t (id int PRIMARY KEY, a varchar(9) DEFAULT 'x', b int DEFAULT 1, c timestamptz DEFAULT now());
