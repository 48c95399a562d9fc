-- min 18
-- live
CREATE SCHEMA new;
SET search_path = new, public;
create table p(a int); create table c() inherits(p);
CREATE SCHEMA one;
SET search_path = one, public;
CREATE TABLE f(id int, a int GENERATED ALWAYS AS (id*2) VIRTUAL) PARTITION BY LIST(id);
CREATE TABLE f1 PARTITION OF f FOR VALUES IN (1);
-- desired
CREATE SCHEMA new;
SET search_path = new, public;
create table p(a int, e int generated always as (a+1) stored, f int generated always as (a+1) virtual); create table c() inherits(p); alter table c alter f set expression as (a+2);
CREATE SCHEMA one;
SET search_path = one, public;

CREATE TABLE f(id int, a int GENERATED ALWAYS AS (id*2) VIRTUAL) PARTITION BY LIST(id);
CREATE TABLE f1 PARTITION OF f(a GENERATED ALWAYS AS (id*3) VIRTUAL) FOR VALUES IN (1);
