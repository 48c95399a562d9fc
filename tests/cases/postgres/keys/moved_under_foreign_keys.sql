-- live
CREATE SCHEMA pk_column_under_fk;
SET search_path = pk_column_under_fk, public;
create table p(a int, b int, primary key(a)); create table c(x int references p, y int);
alter table p add unique(b);
CREATE SCHEMA pk_moves_to_other_column_fk_follows;
SET search_path = pk_moves_to_other_column_fk_follows, public;
create table p(a int not null, b int not null, primary key(a)); create table c(x int references p(a));
CREATE SCHEMA fk_to_unique_then_pk;
SET search_path = fk_to_unique_then_pk, public;
create table p(a int not null, constraint ua unique(a)); create table c(x int, constraint f foreign key(x) references p(a));
CREATE SCHEMA fk_to_unique_index;
SET search_path = fk_to_unique_index, public;
create table p(a int not null); create unique index pa on p(a); create table c(x int, constraint f foreign key(x) references p(a));
-- desired
CREATE SCHEMA pk_column_under_fk;
SET search_path = pk_column_under_fk, public;
create table p(a int, b int, primary key(a,b)); create table c(x int, y int, foreign key(x,y) references p);
alter table p add unique(b);
CREATE SCHEMA pk_moves_to_other_column_fk_follows;
SET search_path = pk_moves_to_other_column_fk_follows, public;
create table p(a int not null, b int not null, primary key(b)); create table c(x int references p(b));
CREATE SCHEMA fk_to_unique_then_pk;
SET search_path = fk_to_unique_then_pk, public;
create table p(a int not null, constraint pa primary key(a)); create table c(x int, constraint f foreign key(x) references p(a));
CREATE SCHEMA fk_to_unique_index;
SET search_path = fk_to_unique_index, public;
create table p(a int not null, constraint pa unique(a)); create table c(x int, constraint f foreign key(x) references p(a));
