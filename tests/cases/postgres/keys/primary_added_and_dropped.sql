-- live
CREATE TABLE a (id int NOT NULL);
CREATE TABLE b (id int PRIMARY KEY);
-- desired
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int NOT NULL);
