-- min 17
-- live
CREATE DOMAIN named AS integer CONSTRAINT nn NOT NULL;
CREATE DOMAIN gets_it AS integer;
CREATE DOMAIN loses_it AS integer CONSTRAINT n2 NOT NULL;
COMMENT ON CONSTRAINT n2 ON DOMAIN loses_it IS 'was';
CREATE DOMAIN made_anew AS integer CONSTRAINT n3 NOT NULL;
COMMENT ON CONSTRAINT n3 ON DOMAIN made_anew IS 'stays';
CREATE TABLE t (a named, b gets_it, c loses_it, d made_anew);
-- desired
CREATE DOMAIN named AS integer CONSTRAINT nn NOT NULL;
COMMENT ON CONSTRAINT nn ON DOMAIN named IS 'why';
CREATE DOMAIN gets_it AS integer CONSTRAINT given NOT NULL;
COMMENT ON CONSTRAINT given ON DOMAIN gets_it IS 'said';
CREATE DOMAIN loses_it AS integer;
CREATE DOMAIN made_anew AS bigint CONSTRAINT n3 NOT NULL;
COMMENT ON CONSTRAINT n3 ON DOMAIN made_anew IS 'stays';
CREATE TABLE t (a named, b gets_it, c loses_it, d made_anew);
