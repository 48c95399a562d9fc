-- live
CREATE TABLE m (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE m_x PARTITION OF m DEFAULT;
-- desired
CREATE TABLE m (id int, at date NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE m_x PARTITION OF m DEFAULT;
CREATE INDEX m_note ON m (note);
