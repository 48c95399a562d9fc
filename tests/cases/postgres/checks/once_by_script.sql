-- live
CREATE SCHEMA checks_once;
SET search_path = checks_once, public;
create table t(s varchar(10), n numeric, k int, constraint c check (s in ('a', 'b')), constraint d check (n in (1, 2)),
    constraint e check (case when k = 1 then s in ('x') else n = any (array[1, 2]) end),
    constraint f check (case k when 1 then true else s is null end));
CREATE SCHEMA checks_opened;
SET search_path = checks_opened, public;
create table k(id int primary key);
create table t(id int, dep int);
alter table t add constraint ck check (id <> dep) not valid, add constraint fk foreign key (dep) references k not valid;
-- desired
CREATE SCHEMA checks_once;
SET search_path = checks_once, public;
create table t(s varchar(10), n numeric, k int, constraint c check (s in ('a', 'b', 'c')), constraint d check (n in (1, 2, 3)),
    constraint e check (case when k = 2 then s in ('x', 'y') else n = any (array[1, 2]) end),
    constraint f check (case when k = 1 then true when k = 2 then s is null else s = 'q' end));
CREATE SCHEMA checks_opened;
SET search_path = checks_opened, public;
create table k(id int primary key);
create table t(id int, dep int);
alter table t add constraint ck check (id <> dep), add constraint fk foreign key (dep) references k;
