-- refused inherits from other tables
-- live
create table a(x int); create table b(y int) inherits(a);
-- desired
create table a(x int); create table b(y int, x int);
