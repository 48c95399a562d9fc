-- live
CREATE SCHEMA partition_own_defaults;
SET search_path = partition_own_defaults, public;
create table t(a int, b int default 1) partition by range(a); create table p partition of t for values from (1) to (5);
CREATE SCHEMA partition_pk_unique_fk;
SET search_path = partition_pk_unique_fk, public;
create table r(id int primary key); create table t(a int, b int) partition by list(a); create table p partition of t for values in (1);
-- desired
CREATE SCHEMA partition_own_defaults;
SET search_path = partition_own_defaults, public;
create table t(a int, b int default 1) partition by range(a); create table p partition of t(b default 2, check (b > 0)) for values from (1) to (5); create index pi on p(b); comment on table p is 'x'; comment on column p.b is 'y'; alter table p set (fillfactor=50);
CREATE SCHEMA partition_pk_unique_fk;
SET search_path = partition_pk_unique_fk, public;
create table r(id int primary key); create table t(a int not null, b int references r on delete cascade, primary key(a), unique(a,b)) partition by list(a); create table p partition of t for values in (1); create table q(a int references t);
