-- The foreign key that a partition keeps is called as the one of the table above that goes.
-- live
CREATE SCHEMA table_alone;
SET search_path = table_alone, public;
create table k(id int primary key);
create table p(id int, t int, kid int constraint fk references k) partition by list (t);
create table p1 partition of p for values in (1);
CREATE SCHEMA with_partitions;
SET search_path = with_partitions, public;
create table k(id int primary key);
create table p(id int, t int, kid int constraint fk references k) partition by list (t);
create table p1 partition of p for values in (1) partition by list (id);
create table p11 partition of p1 for values in (5);
CREATE SCHEMA without_partitions;
SET search_path = without_partitions, public;
create table k(id int primary key);
create table p(id int, t int, kid int constraint fk references k) partition by list (t);
create table p1 partition of p for values in (1) partition by list (id);
create table p11 partition of p1 for values in (5);
-- desired
CREATE SCHEMA table_alone;
SET search_path = table_alone, public;
create table k(id int primary key);
create table p(id int, t int, kid int) partition by list (t);
create table p1(id int, t int, kid int constraint fk references k);
CREATE SCHEMA with_partitions;
SET search_path = with_partitions, public;
create table k(id int primary key);
create table p(id int, t int, kid int) partition by list (t);
create table p1(id int, t int, kid int constraint fk references k) partition by list (id);
create table p11 partition of p1 for values in (5);
CREATE SCHEMA without_partitions;
SET search_path = without_partitions, public;
create table k(id int primary key);
create table p(id int, t int, kid int) partition by list (t);
create table p1(id int, t int, kid int constraint fk references k) partition by list (id);
create table p11(id int, t int, kid int constraint fk references k);
