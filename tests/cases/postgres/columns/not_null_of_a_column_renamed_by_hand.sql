-- Somebody renamed a column: the NOT NULL keeps its name, which the column of the model gets.
-- min 18
-- live
CREATE TABLE t (id int PRIMARY KEY, note2 text CONSTRAINT t_note_not_null NOT NULL);
-- desired
CREATE TABLE t (id int PRIMARY KEY, note text NOT NULL DEFAULT 'n');
