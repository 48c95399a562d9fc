-- The server makes no key of a partition's unique index, also where that has the key's name.
-- live
CREATE TABLE parted (id int NOT NULL, at date NOT NULL) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE UNIQUE INDEX called_otherwise ON part (id);
CREATE TABLE named (id int NOT NULL, at date NOT NULL) PARTITION BY LIST (id);
CREATE TABLE named_part PARTITION OF named DEFAULT;
CREATE UNIQUE INDEX named_part_id_at_key ON named_part (id, at);
-- desired
CREATE TABLE parted (id int NOT NULL, at date NOT NULL, PRIMARY KEY (id)) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE TABLE named (id int NOT NULL, at date NOT NULL, UNIQUE (id, at)) PARTITION BY LIST (id);
CREATE TABLE named_part PARTITION OF named DEFAULT;
