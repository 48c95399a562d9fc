-- live
CREATE SCHEMA enum_add_new_domain_check;
SET search_path = enum_add_new_domain_check, public;
create type e as enum('a');
CREATE SCHEMA enum_middle_used_default;
SET search_path = enum_middle_used_default, public;
create type e as enum('a','c'); create table t(x e default 'a', y e[] default '{a}');
CREATE SCHEMA enum_to_text_and_drop;
SET search_path = enum_to_text_and_drop, public;
create type e as enum('a'); create table t(x e default 'a', y e[]);
CREATE SCHEMA enum_to_other_enum;
SET search_path = enum_to_other_enum, public;
create type e as enum('a','b'); create table t(x e default 'a' not null); create index on t(x);
-- desired
CREATE SCHEMA enum_add_new_domain_check;
SET search_path = enum_add_new_domain_check, public;
create type e as enum('a','b'); create domain d as e default 'b' check (value = 'b'); create table t(x d, y e default 'b');
CREATE SCHEMA enum_middle_used_default;
SET search_path = enum_middle_used_default, public;
create type e as enum('a','b','c'); create table t(x e default 'b' check (x <> 'b'), y e[] default '{b,c}'); create index on t(x) where x = 'b';
CREATE SCHEMA enum_to_text_and_drop;
SET search_path = enum_to_text_and_drop, public;
create table t(x text default 'a', y text[]);
CREATE SCHEMA enum_to_other_enum;
SET search_path = enum_to_other_enum, public;
create type f as enum('a','b','c'); create table t(x f default 'c' not null); create index on t(x);
