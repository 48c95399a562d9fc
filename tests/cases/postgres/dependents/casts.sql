-- A view needs casts, and does not say so.
-- live
CREATE SCHEMA rr03;
SET search_path = rr03, public;
create type e as enum('a','b'); create function ef(e) returns int immutable language sql as 'select 1'; create cast (e as int) with function ef(e) as implicit; comment on cast (e as int) is 'cc'; create cast (text as e) with inout as implicit; create table t(x e default 'a', y int check (y = x::int)); create view v as select x::int from t;
-- desired
CREATE SCHEMA rr03;
SET search_path = rr03, public;
create type e as enum('b','a'); create function ef(e) returns int immutable language sql as 'select 1'; create cast (e as int) with function ef(e) as implicit; comment on cast (e as int) is 'cc'; create cast (text as e) with inout as implicit; create table t(x e default 'a', y int check (y = x::int)); create view v as select x::int from t;
