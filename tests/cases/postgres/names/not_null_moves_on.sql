-- min 18
-- live
create table t(id int not null, name text not null, master text);
-- desired
create table t(was_master int constraint t_id_not_null not null, id text constraint t_name_not_null not null, name text);
