-- Partitions go to another table, whose columns have other types.
-- live
create table p(id serial, a int, b int, primary key (a)) partition by hash (a);
create table p0 partition of p for values with (modulus 2, remainder 0);
create table p1 partition of p for values with (modulus 2, remainder 1);
alter table p add foreign key (b) references p;
create index i on p(b);
create table u(x int references p);
insert into p(a, b) values (1, 1), (2, 1);
-- desired
create table q(id bigserial, a bigint, b bigint, primary key (a)) partition by hash (a);
create table p0 partition of q for values with (modulus 2, remainder 0);
create table p1 partition of q for values with (modulus 2, remainder 1);
alter table q add foreign key (b) references q on delete cascade;
create index i on q(b);
create table u(x bigint references q);
insert into q(a, b) values (1, 1), (2, 1);
