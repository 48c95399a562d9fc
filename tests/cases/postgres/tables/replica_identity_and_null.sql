-- live
CREATE SCHEMA a;
SET search_path = a, public;
create table r1(id int not null, a int); create unique index r1i on r1(id); alter table r1 replica identity using index r1i;
create table r3(id int not null, b int not null); create unique index r3i on r3(id);  alter table r3 replica identity using index r3i;
create table r5(id int not null, b int not null); create unique index r5i on r5(id); create unique index r5j on r5(b);  alter table r5 replica identity using index r5i;
create table r6(id int not null, b int not null) partition by list (id); create table r61 partition of r6 for values in (1); create unique index r6i on r6(id);  alter table r6 replica identity using index r6i; alter table r61 replica identity using index r61_id_idx;
-- desired
CREATE SCHEMA a;
SET search_path = a, public;
create table r1(id int, a int); create unique index r1i on r1(id); alter table r1 replica identity full;
create table r3(id int, b int not null); create unique index r3i on r3(id); create unique index r3j on r3(b);  alter table r3 replica identity using index r3j;
create table r5(id int, b int not null); create unique index r5i on r5(id); create unique index r5j on r5(b);  alter table r5 replica identity using index r5j;
create table r6(id int, b int) partition by list (id); create table r61 partition of r6 for values in (1); create unique index r6i on r6(id);  alter table r6 replica identity nothing; alter table r61 replica identity full;
