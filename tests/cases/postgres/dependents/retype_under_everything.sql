-- live
CREATE SCHEMA retype_under_everything;
SET search_path = retype_under_everything, public;
create table t(id int primary key, a int default 3 check (a > 0), b int generated always as (a * 2) stored, c text);
create index on t(a); create index on t((a + 1)); create index on t(id) where a > 5; create statistics st on a, id from t;
create view v as select a, b from t; create materialized view mv as select a from v; create index on mv(a);
create view v2 as select * from v where a > 1;
create policy pol on t using (a > 3); alter table t enable row level security;
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before update of a on t for each row when (new.a > 1) execute function f();
create rule r as on update to t where new.a = 7 do also delete from t where id = 0;
comment on view v is 'hello'; grant select on v to public; grant select(a) on t to public;
-- desired
CREATE SCHEMA retype_under_everything;
SET search_path = retype_under_everything, public;
create table t(id int primary key, a bigint default 3 check (a > 0), b bigint generated always as (a * 2) stored, c text);
create index on t(a); create index on t((a + 1)); create index on t(id) where a > 5; create statistics st on a, id from t;
create view v as select a, b from t; create materialized view mv as select a from v; create index on mv(a);
create view v2 as select * from v where a > 1;
create policy pol on t using (a > 3); alter table t enable row level security;
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before update of a on t for each row when (new.a > 1) execute function f();
create rule r as on update to t where new.a = 7 do also delete from t where id = 0;
comment on view v is 'hello'; grant select on v to public; grant select(a) on t to public;
