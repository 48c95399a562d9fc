-- live
CREATE TABLE p (id varchar(5) PRIMARY KEY, id2 varchar(5) UNIQUE, big char(5) UNIQUE);
CREATE TABLE t (id int, small varchar(5), checked varchar(5) CONSTRAINT checked CHECK (checked <> ''), part varchar(5) REFERENCES p (id2), big int,
  f varchar(5) REFERENCES p, at timestamp, long text COLLATE "C", big_f char(5) REFERENCES p (big));
CREATE INDEX t_part ON t (id) WHERE part <> 'x';
CREATE INDEX t_at ON t (at);
CREATE INDEX t_long ON t (long);
INSERT INTO p SELECT g, g, g FROM generate_series(1, 100) g;
INSERT INTO t SELECT g, g, g, g, g, g, now(), g, g FROM generate_series(1, 100) g;
-- desired
CREATE TABLE p (id varchar(9) PRIMARY KEY, id2 varchar(9) UNIQUE, big char(9) UNIQUE);
CREATE TABLE t (id int, small varchar(9), checked varchar(9) CONSTRAINT checked CHECK (checked <> ''), part varchar(9) REFERENCES p (id2), big bigint,
  f varchar(9) REFERENCES p, at timestamptz, long text COLLATE "POSIX", big_f char(9) REFERENCES p (big));
CREATE INDEX t_part ON t (id) WHERE part <> 'x';
CREATE INDEX t_at ON t (at);
CREATE INDEX t_long ON t (long);
