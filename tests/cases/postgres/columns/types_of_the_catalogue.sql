-- live
CREATE TABLE t (id int PRIMARY KEY);
-- desired
CREATE TABLE t (id int PRIMARY KEY, keys int2vector, args oidvector, rights aclitem[], words gtsvector);
CREATE TABLE kept AS SELECT * FROM pg_index LIMIT 0;
CREATE TABLE listed AS SELECT * FROM information_schema.tables LIMIT 0;
