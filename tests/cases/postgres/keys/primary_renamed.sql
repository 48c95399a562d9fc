-- live
CREATE TABLE t (id int, CONSTRAINT t_pkey PRIMARY KEY (id));
-- desired
CREATE TABLE t (id int, CONSTRAINT "the key" PRIMARY KEY (id));
