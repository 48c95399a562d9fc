-- min 18
-- A column that somebody renamed, and another one that gets the name of its NOT NULL, with a table
-- that inherits.
-- live
create table f(id serial primary key, url text not null);
create table h(like f including all);
alter table h inherit f;
-- desired
create table f(id serial primary key, url text not null);
create table h(like f including all);
alter table h inherit f;
alter table f rename id to was_id;
