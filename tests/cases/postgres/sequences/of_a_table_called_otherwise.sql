-- Tables that somebody called otherwise keep the sequences and keys that they have: the new table takes
-- them while the old one goes.
-- live
CREATE TABLE topics (id serial PRIMARY KEY, name text);
CREATE TABLE notes (id serial PRIMARY KEY, body text);
CREATE TABLE lines (id int PRIMARY KEY, no serial, again int DEFAULT nextval('lines_no_seq'));
-- desired
CREATE TABLE topics (id serial PRIMARY KEY, name text);
ALTER TABLE topics RENAME TO subjects;
CREATE TABLE notes (id bigserial PRIMARY KEY, body text);
ALTER TABLE notes RENAME TO remarks;
ALTER SEQUENCE notes_id_seq INCREMENT 5;
CREATE TABLE notes (id serial PRIMARY KEY, body text);
CREATE TABLE lines (id int PRIMARY KEY, no int, again int NOT NULL);
CREATE SEQUENCE lines_no_seq AS int OWNED BY lines.again;
ALTER TABLE lines ALTER again SET DEFAULT nextval('lines_no_seq');
