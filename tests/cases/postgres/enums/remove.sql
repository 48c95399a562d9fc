-- live
CREATE TYPE mood AS ENUM ('a', 'b', 'c');
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'a', ms mood[]);
-- desired
CREATE TYPE mood AS ENUM ('a', 'c');
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'a', ms mood[]);
