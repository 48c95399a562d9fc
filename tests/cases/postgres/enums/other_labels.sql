-- Nothing says that red became rot: no rename is guessed.
-- live
CREATE TYPE mood AS ENUM ('red', 'green');
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'red', ms mood[]);
-- desired
CREATE TYPE mood AS ENUM ('rot', 'grün', 'it''s');
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'rot', ms mood[]);
