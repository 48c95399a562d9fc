-- What is made again is as it was: switched off, with its options, with no more rights.
-- live
CREATE SCHEMA det;
SET search_path = det, public;
create table t(a int, b text); create view v as select a from t; create materialized view mv with (toast.autovacuum_enabled = false, fillfactor = 90) as select a, b from t; create index mi on mv((a + 1), lower(b)); alter index mi alter column 1 set statistics 77;
create rule r as on insert to t do also select 1 from v; alter table t disable rule r;
create function sf(int, t) returns int immutable language sql as 'select 1'; create function ff(int) returns int immutable language sql as 'select 1'; create aggregate ag(t) (sfunc = sf, stype = int, finalfunc = ff, finalfunc_modify = shareable, initcond = '0', parallel = safe);
revoke insert on v from current_user; revoke all on function sf(int, t) from current_user;
create type e as enum ('a', 'b'); revoke all on type e from public, current_user; create table te(x e);
-- desired
CREATE SCHEMA det;
SET search_path = det, public;
create table t(a bigint, b text); create view v as select a from t; create materialized view mv with (toast.autovacuum_enabled = false, fillfactor = 90) as select a, b from t; create index mi on mv((a + 1), lower(b)); alter index mi alter column 1 set statistics 77;
create rule r as on insert to t do also select 1 from v; alter table t disable rule r;
create function sf(int, t) returns int immutable language sql as 'select 1'; create function ff(int) returns int immutable language sql as 'select 1'; create aggregate ag(t) (sfunc = sf, stype = int, finalfunc = ff, finalfunc_modify = shareable, initcond = '0', parallel = safe);
revoke insert on v from current_user; revoke all on function sf(int, t) from current_user;
create type e as enum ('b', 'a'); revoke all on type e from public, current_user; create table te(x e);
