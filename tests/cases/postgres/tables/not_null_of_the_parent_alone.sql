-- A parent that demands a value of its own rows alone leaves the constraint to what is below it.
-- min 18
-- live
CREATE TABLE parent (a int NOT NULL, b int NOT NULL, c int CONSTRAINT c NOT NULL NO INHERIT);
CREATE TABLE child () INHERITS (parent);
-- desired
CREATE TABLE parent (a int NOT NULL NO INHERIT, b int CONSTRAINT nn NOT NULL NO INHERIT, c int CONSTRAINT c NOT NULL NO INHERIT);
ALTER TABLE parent ADD d int CONSTRAINT nd NOT NULL NO INHERIT, ADD e int CONSTRAINT ne NOT NULL NO INHERIT, ADD f int;
ALTER TABLE parent ADD CONSTRAINT nf NOT NULL f NO INHERIT;
ALTER TABLE parent ALTER f ADD GENERATED ALWAYS AS IDENTITY;
CREATE TABLE child () INHERITS (parent);
ALTER TABLE child ALTER c SET NOT NULL, ALTER e SET NOT NULL;
