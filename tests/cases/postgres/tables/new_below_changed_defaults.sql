-- A new table below one whose columns change has them as they will be, but for what is its own.
-- live
CREATE TABLE above (id int, name text NOT NULL, note text, kind int DEFAULT 1);
-- desired
CREATE TABLE above (id int, name text NOT NULL DEFAULT 'x', note text DEFAULT 'y', kind int, added date DEFAULT now());
CREATE TABLE same (x int, UNIQUE (name), CHECK (true)) INHERITS (above);
CREATE TABLE below () INHERITS (above);
ALTER TABLE below ALTER name DROP DEFAULT, ALTER note SET DEFAULT 'z', ALTER note SET NOT NULL, ALTER kind SET DEFAULT 7;
ALTER TABLE below ALTER note SET STORAGE EXTERNAL;
CREATE TABLE lowest () INHERITS (below);
ALTER TABLE lowest ALTER kind DROP DEFAULT;
