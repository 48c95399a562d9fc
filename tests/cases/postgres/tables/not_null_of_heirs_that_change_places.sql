-- min 18
-- live
create table p(a int not null, b text);
create table h(like p including all); alter table h inherit p;
-- desired
create table p(b text constraint p_a_not_null not null, a int);
create table h(like p including all); alter table h inherit p;
