-- min 18
-- live
CREATE SCHEMA without_overlaps;
SET search_path = without_overlaps, public;
create table t(id int4range, v tstzrange, primary key(id, v without overlaps)); create table c(id int4range, v tstzrange, foreign key(id, period v) references t(id, period v));
-- desired
CREATE SCHEMA without_overlaps;
SET search_path = without_overlaps, public;
create table t(id int4range, v tstzrange, primary key(id, v)); create table c(id int4range, v tstzrange, foreign key(id, v) references t);
