-- A key that stands twice is made twice, also with the table.
-- live
CREATE TABLE stays (id int);
-- desired
CREATE TABLE stays (id int PRIMARY KEY);
ALTER TABLE stays ADD UNIQUE (id);
CREATE TABLE made (id int PRIMARY KEY, a int, b int, span int4range);
ALTER TABLE made ADD CONSTRAINT id_again UNIQUE (id);
COMMENT ON CONSTRAINT id_again ON made IS 'again';
ALTER TABLE made ADD CONSTRAINT one UNIQUE (a, b);
ALTER TABLE made ADD CONSTRAINT other UNIQUE (a, b);
ALTER TABLE made ADD CONSTRAINT apart EXCLUDE USING gist (span WITH &&);
ALTER TABLE made ADD CONSTRAINT apart_again EXCLUDE USING gist (span WITH &&);
