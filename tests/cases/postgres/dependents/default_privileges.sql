-- What is made again has the privileges that it had, whatever the default ones give to anything new.
-- live
alter default privileges grant select, insert on tables to public;
alter default privileges grant usage on types to pg_monitor;
alter default privileges revoke usage on types from public;
alter default privileges revoke execute on functions from public;
alter default privileges grant execute on functions to pg_monitor;
create type e as enum('a','b'); grant usage on type e to public; revoke usage on type e from pg_monitor;
create type e2 as enum('a','b');
create table t(a e, n int, b e2); create function f(e) returns int language sql as $$select 1$$; grant execute on function f(e) to public; revoke execute on function f(e) from pg_monitor;
create function g(e) returns int language sql as $$select 1$$;
create view v as select n from t; revoke select on v from public;
create materialized view m as select n from t; revoke all on m from public; grant select on m to pg_monitor;
create table p(k int, n int) partition by list (k); revoke all on p from public;
-- desired
alter default privileges grant select, insert on tables to public;
alter default privileges grant usage on types to pg_monitor;
alter default privileges revoke usage on types from public;
alter default privileges revoke execute on functions from public;
alter default privileges grant execute on functions to pg_monitor;
create type e as enum('b','a'); grant usage on type e to public; revoke usage on type e from pg_monitor;
create type e2 as enum('b','a');
create table t(a e, n bigint, b e2); create function f(e) returns int language sql as $$select 1$$; grant execute on function f(e) to public; revoke execute on function f(e) from pg_monitor;
create function g(e) returns int language sql as $$select 1$$;
create view v as select n from t; revoke select on v from public;
create materialized view m as select n from t; revoke all on m from public; grant select on m to pg_monitor;
create table p(k int, n bigint) partition by list (n); revoke all on p from public;
