-- refused whose fields change their places
-- live
create type c as (a int, b text); create table t(x c, y c[]);
-- desired
create type c as (b text, a int); create table t(x c, y c[]);
