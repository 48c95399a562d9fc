-- max 17
-- The type of a column that a table says again comes from above.
-- live
CREATE TABLE a (id int PRIMARY KEY, n text DEFAULT 'x' NOT NULL);
CREATE TABLE c (n text DEFAULT 'y' NOT NULL, PRIMARY KEY (id)) INHERITS (a);
CREATE INDEX ON c (n);
-- desired
CREATE TABLE a (id bigint PRIMARY KEY, n varchar(50) DEFAULT 'x' NOT NULL, at timestamptz DEFAULT now() NOT NULL);
CREATE TABLE c (n varchar(50) DEFAULT 'z' NOT NULL, PRIMARY KEY (id)) INHERITS (a);
CREATE INDEX ON c (n, at);
