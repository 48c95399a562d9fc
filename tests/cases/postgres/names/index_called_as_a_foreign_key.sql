-- live
create table p(id int primary key);
create table t(id int primary key, p_id int, constraint fk_p foreign key (p_id) references p (id));
create index fk_p on t(p_id);
-- desired
create table p(id bigint primary key);
create table t(id int primary key, p_id int, constraint fk_p foreign key (p_id) references p (id));
create index "was fk_p" on t(p_id);
