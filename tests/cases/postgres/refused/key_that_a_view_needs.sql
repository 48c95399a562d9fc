-- refused depends on a key, which would be dropped
-- live
CREATE TABLE f(a int PRIMARY KEY, foo text);
CREATE VIEW v AS SELECT a, foo FROM f GROUP BY a;
-- desired
CREATE TABLE f(a int, foo text, PRIMARY KEY(a, foo));
