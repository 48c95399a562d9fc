-- live
CREATE SCHEMA enum_remove_in_function;
SET search_path = enum_remove_in_function, public;
create type e as enum('a','b','c'); create function f(x e) returns e language sql as 'select x'; create table t(c e);
CREATE SCHEMA enum_remove_under_view;
SET search_path = enum_remove_under_view, public;
create type e as enum('a','b','c'); create table t(x e, y int); create view v as select x, y from t where x = 'a';
CREATE SCHEMA enum_remove_generated;
SET search_path = enum_remove_generated, public;
create type e as enum('a','b','c'); create table t(x e, g text generated always as (case when x = 'a'::e then 'one' else 'other' end) stored, h bool generated always as (x = 'c') stored);
-- desired
CREATE SCHEMA enum_remove_in_function;
SET search_path = enum_remove_in_function, public;
create type e as enum('a','c'); create function f(x e) returns e language sql as 'select x'; create table t(c e);
CREATE SCHEMA enum_remove_under_view;
SET search_path = enum_remove_under_view, public;
create type e as enum('c','a'); create table t(x e, y int); create view v as select x, y from t where x = 'a';
CREATE SCHEMA enum_remove_generated;
SET search_path = enum_remove_generated, public;
create type e as enum('a','c'); create table t(x e, g text generated always as (case when x = 'a'::e then 'one' else 'other' end) stored, h bool generated always as (x = 'c') stored);
