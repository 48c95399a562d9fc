-- live
CREATE SCHEMA enum_becomes_table;
SET search_path = enum_becomes_table, public;
create type x as enum('a');
CREATE SCHEMA type_becomes_table_used;
SET search_path = type_becomes_table_used, public;
create type x as enum('a'); create table t(c x);
CREATE SCHEMA sequence_becomes_table;
SET search_path = sequence_becomes_table, public;
create sequence x;
CREATE SCHEMA index_becomes_table_name;
SET search_path = index_becomes_table_name, public;
create table t(a int); create index x on t(a);
-- desired
CREATE SCHEMA enum_becomes_table;
SET search_path = enum_becomes_table, public;
create table x(a int);
CREATE SCHEMA type_becomes_table_used;
SET search_path = type_becomes_table_used, public;
create table x(a int); create table t(c int);
CREATE SCHEMA sequence_becomes_table;
SET search_path = sequence_becomes_table, public;
create table x(a int);
CREATE SCHEMA index_becomes_table_name;
SET search_path = index_becomes_table_name, public;
create table t(a int); create table x(q int);
