-- The parameters of an operator class that an index loses, or gets.
-- live
CREATE SCHEMA signed;
SET search_path = signed, public;
create table t(l tsvector);
create index i4 on t using gist (l tsvector_ops(siglen=100));
-- desired
CREATE SCHEMA signed;
SET search_path = signed, public;
create table t(l tsvector);
create index i4 on t using gist (l);
