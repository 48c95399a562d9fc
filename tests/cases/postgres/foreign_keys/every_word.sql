-- live
CREATE SCHEMA fk_everything;
SET search_path = fk_everything, public;
create table p(a int, b int, primary key(a,b)); create table c(a int, b int, constraint f foreign key(a,b) references p match full on delete cascade on update set null deferrable initially deferred);
CREATE SCHEMA fk_deferrable_steps;
SET search_path = fk_deferrable_steps, public;
create table p(a int primary key); create table c(a int references p deferrable);
CREATE SCHEMA fk_cycle;
SET search_path = fk_cycle, public;
create table a(id int primary key, b int); create table b(id int primary key, a int);
-- desired
CREATE SCHEMA fk_everything;
SET search_path = fk_everything, public;
create table p(a int, b int, primary key(a,b)); create table c(a int, b int, constraint f foreign key(a,b) references p on delete set default on update restrict); alter table c add constraint g foreign key(b,a) references p not valid; comment on constraint f on c is 'hi';
CREATE SCHEMA fk_deferrable_steps;
SET search_path = fk_deferrable_steps, public;
create table p(a int primary key); create table c(a int references p deferrable initially deferred);
CREATE SCHEMA fk_cycle;
SET search_path = fk_cycle, public;
create table a(id bigint primary key, b bigint); create table b(id bigint primary key, a bigint references a); alter table a add foreign key(b) references b;
