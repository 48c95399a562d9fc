-- refused comes to `c` from other tables too
-- live
CREATE TABLE a (x int);
CREATE TABLE b (x int);
CREATE TABLE c () INHERITS (a, b);
-- desired
CREATE TABLE a (x bigint);
CREATE TABLE b (x bigint);
CREATE TABLE c () INHERITS (a, b);
