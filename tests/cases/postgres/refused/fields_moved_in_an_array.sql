-- refused whose fields change their places
-- live
create type c as (a int, b text); create table t(x c, y c[]);
-- desired
create type c as (a int, b varchar(10), d bool); create table t(x c, y c[]);
