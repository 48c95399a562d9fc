-- live
CREATE TYPE money_of AS (amount numeric, unit text);
CREATE TABLE t (id int PRIMARY KEY);
-- desired
CREATE TYPE money_of AS (amount numeric, unit text);
CREATE TABLE t (id int PRIMARY KEY, price money_of);
