-- live
CREATE SCHEMA unlogged_fk;
SET search_path = unlogged_fk, public;
create table p(a int primary key); create table c(a int references p);
CREATE SCHEMA unlogged_serial;
SET search_path = unlogged_serial, public;
create table p(a serial primary key, b int generated always as identity);
-- desired
CREATE SCHEMA unlogged_fk;
SET search_path = unlogged_fk, public;
create unlogged table p(a int primary key); create unlogged table c(a int references p);
CREATE SCHEMA unlogged_serial;
SET search_path = unlogged_serial, public;
create unlogged table p(a serial primary key, b int generated always as identity);
