-- min 18
-- live
CREATE SCHEMA not_null_renamed;
SET search_path = not_null_renamed, public;
create table q(a int not null, k int constraint kn not null) partition by list (k);
create table q1 partition of q for values in (1);
-- desired
CREATE SCHEMA not_null_renamed;
SET search_path = not_null_renamed, public;
create table q(a int not null, k int constraint kn2 not null) partition by list (k);
create table q1 partition of q for values in (1);
