-- live
CREATE TABLE kept (id int PRIMARY KEY);
-- desired
CREATE TABLE kept (id int PRIMARY KEY);
CREATE TABLE z (id int PRIMARY KEY, n text NOT NULL);
CREATE TABLE m (id int PRIMARY KEY, one z, all_of_them z[]);
CREATE TABLE a (id int PRIMARY KEY, m m, CHECK ((m).id > 0));
