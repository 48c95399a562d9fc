-- Views come again in the transaction in which they went, whatever a domain asks of its values.
-- live
CREATE SCHEMA script_checks;
SET search_path = script_checks, public;
create type e as enum('a','b'); create function fe(e) returns e immutable language sql as 'select $1'; create domain d as text check (value <> fe('b')::text); create table tt(z d); create view v as select fe('a')::text x; create table u(a bool generated always as (fe('a') = 'a') stored);
CREATE SCHEMA script_domain;
SET search_path = script_domain, public;
create type e as enum('a','b'); create domain d as e check (value <> 'b'); create table t(x d); create view v as select x from t;
-- desired
CREATE SCHEMA script_checks;
SET search_path = script_checks, public;
create type e as enum('b','a'); create function fe(e) returns e immutable language sql as 'select $1'; create domain d as text check (value <> fe('b')::text); create table tt(z d); create view v as select fe('a')::text x; create table u(a bool generated always as (fe('a') = 'a') stored);
CREATE SCHEMA script_domain;
SET search_path = script_domain, public;
create type e as enum('b','a'); create domain d as e check (value <> 'b'); create table t(x d); create view v as select x from t;
