-- A column of a primary key changes its type above tables that have the key again.
-- min 18
-- live
CREATE SCHEMA rs8a;
SET search_path = rs8a, public;
create table base(id serial primary key); create table b(x int, primary key(id)) inherits(base);
CREATE SCHEMA rs8b;
SET search_path = rs8b, public;
create table base(id int primary key); create table b(x int, primary key(id)) inherits(base);
CREATE SCHEMA rs8c;
SET search_path = rs8c, public;
create table base(id int primary key); create table b(x int) inherits(base);
CREATE SCHEMA nn1;
SET search_path = nn1, public;
create table base(id int primary key); create table b(x int, primary key(id)) inherits(base); create table bb(primary key(id)) inherits(b); create table b2() inherits(base); create table o(base int references base, b int references b);
insert into base values (1); insert into b values (2,3); insert into bb values (4,5);
create table f(id int primary key) partition by list(id); create table f1(id int constraint own not null); alter table f attach partition f1 for values in (1); create table r(f int references f);
-- desired
CREATE SCHEMA rs8a;
SET search_path = rs8a, public;
create table base(id bigserial primary key); create table b(x int, primary key(id)) inherits(base);
CREATE SCHEMA rs8b;
SET search_path = rs8b, public;
create table base(id bigint primary key); create table b(x int, primary key(id)) inherits(base);
CREATE SCHEMA rs8c;
SET search_path = rs8c, public;
create table base(id bigint primary key); create table b(x int) inherits(base);
CREATE SCHEMA nn1;
SET search_path = nn1, public;
create table base(id bigint primary key); create table b(x int, primary key(id)) inherits(base); create table bb(primary key(id)) inherits(b); create table b2() inherits(base); create table o(base bigint references base, b bigint references b);
insert into base values (1); insert into b values (2,3); insert into bb values (4,5);
create table f(id bigint primary key) partition by list(id); create table f1(id bigint constraint own not null); alter table f attach partition f1 for values in (1); create table r(f bigint references f);
