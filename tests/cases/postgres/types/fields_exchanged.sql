-- Composite types that hold one another the other way round.
-- live
CREATE SCHEMA two;
SET search_path = two, public;
create type a as (x int); create type b as (a a);
CREATE SCHEMA three;
SET search_path = three, public;
create type a as (x int); create type b as (a a); create type c as (b b);
-- desired
CREATE SCHEMA two;
SET search_path = two, public;
create type b as (x int); create type a as (b b);
CREATE SCHEMA three;
SET search_path = three, public;
create type c as (x int); create type b as (c c); create type a as (b b);
