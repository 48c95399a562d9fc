-- A default that makes a row of a composite type is said again where a field changes its type.
-- live
CREATE SCHEMA default_with_a_row;
SET search_path = default_with_a_row, public;
create type d as (a int);
create table t(x text default row(5)::d::text, y text default 'd');
-- desired
CREATE SCHEMA default_with_a_row;
SET search_path = default_with_a_row, public;
create type d as (a bigint);
create table t(x text default row(5)::d::text, y text default 'd');
