-- live
CREATE SCHEMA enum_fk;
SET search_path = enum_fk, public;
create type e as enum('a','b','c'); create table p(x e primary key); create table c(x e references p);
CREATE SCHEMA domain_fk;
SET search_path = domain_fk, public;
create domain d as int; create table p(x d primary key); create table c(x d references p);
CREATE SCHEMA pk_int_to_text_with_fks;
SET search_path = pk_int_to_text_with_fks, public;
create table p(a int primary key); create table c(x int primary key references p on delete cascade); create table d(z int references c);
CREATE SCHEMA pk_retyped_with_fks;
SET search_path = pk_retyped_with_fks, public;
create table p(a int primary key); create table c(x int references p on delete cascade, y int references p);  create table d(z int references p deferrable initially deferred);
-- desired
CREATE SCHEMA enum_fk;
SET search_path = enum_fk, public;
create type e as enum('c','a'); create table p(x e primary key); create table c(x e references p);
CREATE SCHEMA domain_fk;
SET search_path = domain_fk, public;
create domain d as bigint; create table p(x d primary key); create table c(x d references p);
CREATE SCHEMA pk_int_to_text_with_fks;
SET search_path = pk_int_to_text_with_fks, public;
create table p(a text primary key); create table c(x text primary key references p on delete cascade); create table d(z text references c);
CREATE SCHEMA pk_retyped_with_fks;
SET search_path = pk_retyped_with_fks, public;
create table p(a bigint primary key); create table c(x bigint references p on delete cascade, y bigint references p);  create table d(z bigint references p deferrable initially deferred);
