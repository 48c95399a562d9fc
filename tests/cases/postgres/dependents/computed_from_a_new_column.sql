-- A policy stands in the way of another column of the same plan.
-- live
CREATE TABLE t (id int, name text, at timestamptz, confirmed timestamptz GENERATED ALWAYS AS (least(at, at)) STORED);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (name <> 'admin');
-- desired
CREATE TABLE t (id int, name varchar(40), at timestamptz, phone timestamptz, confirmed timestamptz GENERATED ALWAYS AS (least(at, phone)) STORED);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (name <> 'admin');
