-- The name that the server would choose for a NOT NULL is that of another table's constraint.
-- min 18
-- live
CREATE TABLE t (a int, b int);
CREATE TABLE other (a int CONSTRAINT t_a_not_null NOT NULL, b int, CONSTRAINT t_d_not_null CHECK (b > 0));
CREATE TABLE parted (id int) PARTITION BY LIST (id);
CREATE TABLE part (id int);
-- desired
CREATE TABLE t (a int CONSTRAINT t_a_not_null NOT NULL, b int NOT NULL, d int CONSTRAINT t_d_not_null NOT NULL);
CREATE TABLE other (a int CONSTRAINT t_a_not_null NOT NULL, b int, CONSTRAINT t_d_not_null CHECK (b > 0));
CREATE TABLE parted (id int, v text NOT NULL) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE TABLE new (a int CONSTRAINT fresh_a_not_null NOT NULL);
CREATE TABLE fresh (a int CONSTRAINT fresh_a_not_null NOT NULL);
