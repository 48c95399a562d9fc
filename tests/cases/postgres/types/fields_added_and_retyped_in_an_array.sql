-- Values of an array are cast by their text: the old type gets the new one's fields before.
-- live
create type e as enum ('a', 'b');
create type c as (x e, y int, gone text);
create type cc as (p c, q c[]);
create table t(id int primary key, c c, a c[], z cc);
insert into t values (1, row('a', 1, 'g'), array[row('b', 2, 'g')::c], row(row('a', 3, 'g'), array[row('b', 4, 'g')::c]));
-- desired
create type e as enum ('b', 'a', 'c');
create type c as (x e, y bigint, w text);
create type cc as (p c, q c[]);
create table t(id int primary key, c c, a c[], z cc);
insert into t values (1, row('a', 1, null), array[row('b', 2, null)::c], row(row('a', 3, null), array[row('b', 4, null)::c]));
