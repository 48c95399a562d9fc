-- How a table is partitioned: it is made anew, with all it has, and the partitions come to it.
-- live
create table t(id serial, a int not null, c text default 'x', d int generated always as (a + 1) stored,
  constraint positive check (a > 0), unique (c, a, id)) partition by range (a);
create table t0 partition of t for values from (0) to (10);
create table t1 partition of t for values from (10) to (20);
create index ti on t(c);
create index t0_own on t0(a);
comment on table t is 'T'; comment on column t.c is 'C'; comment on index ti is 'I';
create statistics ts on a, c from t;
create view v as select * from t;
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on t for each row execute function f();
alter table t enable row level security;
create policy po on t using (a > 1);
grant select on t to public; grant insert (c) on t to public;
create table r(x text, y int, z int, foreign key (x, y, z) references t(c, a, id));
insert into t(a) select n from generate_series(1, 19) n;
insert into r values ('x', 3, 3);
-- desired
create table t(id serial, a int not null, c text default 'x', d int generated always as (a + 1) stored,
  constraint positive check (a > 0), unique (c, a, id)) partition by list (a);
create table t0 partition of t for values in (1, 2, 3, 4, 5, 6, 7, 8, 9);
create table t1 partition of t default;
create index ti on t(c);
create index t0_own on t0(a);
comment on table t is 'T'; comment on column t.c is 'C'; comment on index ti is 'I';
create statistics ts on a, c from t;
create view v as select * from t;
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on t for each row execute function f();
alter table t enable row level security;
create policy po on t using (a > 1);
grant select on t to public; grant insert (c) on t to public;
create table r(x text, y int, z int, foreign key (x, y, z) references t(c, a, id));
insert into t(a) select n from generate_series(1, 9) n;
insert into t(id, a) select n, n from generate_series(10, 19) n;
select setval('t_id_seq', 19);
insert into r values ('x', 3, 3);
-- next
insert into t(a) values (5);
