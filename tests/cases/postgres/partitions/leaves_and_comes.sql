-- What leaves its parent keeps keys, checks and NOT NULL as its own; what comes needs the checks.

-- live
CREATE TABLE r (id int PRIMARY KEY);
CREATE TABLE p (id int, v int NOT NULL CHECK (v > 0), r int REFERENCES r, PRIMARY KEY (id), UNIQUE (id, v)) PARTITION BY RANGE (id);
CREATE TABLE bare PARTITION OF p FOR VALUES FROM (1) TO (10);
CREATE TABLE kept PARTITION OF p FOR VALUES FROM (10) TO (20);
CREATE INDEX i ON p (v);

-- desired
CREATE TABLE r (id int PRIMARY KEY);
CREATE TABLE p (id int, v int NOT NULL CHECK (v > 0), r int REFERENCES r, PRIMARY KEY (id), UNIQUE (id, v)) PARTITION BY RANGE (id);
CREATE TABLE bare (id int, v int, r int);
CREATE TABLE kept (id int, v int NOT NULL CHECK (v > 0), r int REFERENCES r, PRIMARY KEY (id), UNIQUE (id, v));
CREATE INDEX i ON p (v);
CREATE INDEX kept_v_idx ON kept (v);
