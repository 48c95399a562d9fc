-- min 17
-- live
CREATE SCHEMA both_change;
SET search_path = both_change, public;
create table p(a int, e int generated always as (a+1) stored) ; create table c(e int generated always as (a+2) stored) inherits(p);
CREATE SCHEMA retyped;
SET search_path = retyped, public;
create table p(a int, e int generated always as (a+1) stored) ; create table c(e int generated always as (a+2) stored) inherits(p);
CREATE SCHEMA source_retyped;
SET search_path = source_retyped, public;
create table p(a int, e int generated always as (a+1) stored) ; create table c(e int generated always as (a+2) stored) inherits(p);
CREATE SCHEMA parts;
SET search_path = parts, public;
create table p(a int, e int generated always as (a+1) stored) partition by list(a); create table c(a int, e int generated always as (a+2) stored); alter table p attach partition c for values in (1);
CREATE SCHEMA new_above;
SET search_path = new_above, public;
create table p(a int, e int) partition by list(a); create table c partition of p for values in (1);
CREATE SCHEMA one_part;
SET search_path = one_part, public;
CREATE TABLE f(id int, a int GENERATED ALWAYS AS (id*2) STORED) PARTITION BY LIST(id);
CREATE TABLE f1 PARTITION OF f FOR VALUES IN (1);
CREATE SCHEMA attached;
SET search_path = attached, public;
CREATE TABLE f(id int, a int GENERATED ALWAYS AS (id*2) STORED) PARTITION BY LIST(id);
CREATE TABLE f1 PARTITION OF f FOR VALUES IN (1);
CREATE SCHEMA alone;
SET search_path = alone, public;
create table p(a int, e int generated always as (a+1) stored) ; create table c(e int generated always as (a+2) stored) inherits(p);
create table q(a int, e int generated always as (a+1) stored) ; create table qc(b int, e int generated always as (b+2) stored) inherits(q);
-- desired
CREATE SCHEMA both_change;
SET search_path = both_change, public;
create table p(a int, e int generated always as (a+3) stored) ; create table c(e int generated always as (a+4) stored) inherits(p);
CREATE SCHEMA retyped;
SET search_path = retyped, public;
create table p(a int, e bigint generated always as (a+1) stored) ; create table c(e bigint generated always as (a+2) stored) inherits(p);
CREATE SCHEMA source_retyped;
SET search_path = source_retyped, public;
create table p(a bigint, e int generated always as (a+1) stored) ; create table c(e int generated always as (a+2) stored) inherits(p);
CREATE SCHEMA parts;
SET search_path = parts, public;
create table p(a int, e int generated always as (a+3) stored) partition by list(a); create table c(a int, e int generated always as (a+4) stored); alter table p attach partition c for values in (1);
CREATE SCHEMA new_above;
SET search_path = new_above, public;
create table p(a int, e int generated always as (a+1) stored) partition by list(a); create table c(a int, e int generated always as (a+2) stored); alter table p attach partition c for values in (1);
CREATE SCHEMA one_part;
SET search_path = one_part, public;

CREATE TABLE f(id int, a int GENERATED ALWAYS AS (id*2) STORED) PARTITION BY LIST(id);
CREATE TABLE f1 PARTITION OF f(a GENERATED ALWAYS AS (id*3) STORED) FOR VALUES IN (1);
CREATE SCHEMA attached;
SET search_path = attached, public;

CREATE TABLE f(id int, a int GENERATED ALWAYS AS (id*3) STORED) PARTITION BY LIST(id);
CREATE TABLE f1(id int, a int GENERATED ALWAYS AS (id*4) STORED); ALTER TABLE f ATTACH PARTITION f1 FOR VALUES IN (1);
CREATE SCHEMA alone;
SET search_path = alone, public;
create table p(a int, e int generated always as (a+1) stored) ; create table c(e int generated always as (a+4) stored) inherits(p);
create table q(a int, e int generated always as (a+1) stored) ; create table qc(b bigint, e int generated always as (b+2) stored) inherits(q);
