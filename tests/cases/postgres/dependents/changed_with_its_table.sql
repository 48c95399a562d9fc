-- one way
-- Between two databases, what stands in the way comes again as the desired one has it.
-- live
CREATE TABLE q (id int PRIMARY KEY, v text, deleted boolean DEFAULT false, gone int);
CREATE POLICY p ON q USING (NOT deleted);
CREATE VIEW live_ones AS SELECT id, v, gone FROM q WHERE NOT deleted;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM live_ones;
CREATE TABLE old (id int);
CREATE VIEW all_ids AS SELECT id FROM q UNION SELECT id FROM old;
-- desired
CREATE TABLE q (id int PRIMARY KEY, v varchar(8), deleted int DEFAULT 0);
CREATE POLICY p ON q USING (deleted = 0);
CREATE VIEW live_ones AS SELECT id, v FROM q WHERE deleted = 0;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM live_ones;
CREATE VIEW all_ids AS SELECT id FROM q;
