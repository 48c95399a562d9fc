-- The server reads the words of a conversion once for each table that inherits the column.
-- live
CREATE TYPE place AS (street text, number integer);
CREATE TABLE parent (id int PRIMARY KEY, at place);
CREATE TABLE child (more int) INHERITS (parent);
CREATE TABLE parted (id int, at place) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
-- desired
CREATE TYPE place AS (number bigint, street text, town text);
CREATE TABLE parent (id int PRIMARY KEY, at place);
CREATE TABLE child (more int) INHERITS (parent);
CREATE TABLE parted (id int, at place) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
