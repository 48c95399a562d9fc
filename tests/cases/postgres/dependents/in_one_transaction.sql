-- Views come again in the transaction in which they went, whatever a domain asks of its values.
-- live
CREATE SCHEMA script_checks;
SET search_path = script_checks, public;
create type e as enum('a','b'); create function fe(e) returns e immutable language sql as 'select $1'; create domain d as text check (value <> fe('b')::text); create table tt(z d); create view v as select fe('a')::text x; create table u(a bool generated always as (fe('a') = 'a') stored);
CREATE SCHEMA script_domain;
SET search_path = script_domain, public;
create type e as enum('a','b'); create domain d as e check (value <> 'b'); create table t(x d); create view v as select x from t;
CREATE SCHEMA heirs_lend;
SET search_path = heirs_lend, public;
create table base(id serial primary key, created timestamp default now() not null, constraint ck check(id>0)); create table a(name text) inherits(base); create table b(x int, primary key(id)) inherits(base); alter table a add primary key(id); create index on a(created); create view v as select tableoid::regclass, id from base; create function ff() returns trigger language plpgsql as 'begin return null; end'; create trigger tt after insert on a for each row execute function ff();
-- desired
CREATE SCHEMA script_checks;
SET search_path = script_checks, public;
create type e as enum('b','a'); create function fe(e) returns e immutable language sql as 'select $1'; create domain d as text check (value <> fe('b')::text); create table tt(z d); create view v as select fe('a')::text x; create table u(a bool generated always as (fe('a') = 'a') stored);
CREATE SCHEMA script_domain;
SET search_path = script_domain, public;
create type e as enum('b','a'); create domain d as e check (value <> 'b'); create table t(x d); create view v as select x from t;
CREATE SCHEMA heirs_lend;
SET search_path = heirs_lend, public;
create table base(id bigserial primary key, created timestamptz default now() not null, upd timestamptz, constraint ck check(id>1)); create table a(name varchar(20)) inherits(base); create table b(x int, primary key(id)) inherits(base); alter table a add primary key(id); create index on a(created desc); create view v as select tableoid::regclass, id from base; create function ff() returns trigger language plpgsql as 'begin return null; end'; create trigger tt after insert on a for each row execute function ff();
