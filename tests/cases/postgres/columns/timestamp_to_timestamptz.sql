-- live
CREATE TABLE t (id int PRIMARY KEY, a timestamp NOT NULL DEFAULT now(), b timestamp(3), c time, d interval);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a timestamptz NOT NULL DEFAULT now(), b timestamptz(6), c time(3), d interval(2));
