-- Columns that somebody called otherwise keep the names of their NOT NULL: they change hands.
-- min 18
-- live
CREATE TABLE swapped (a text NOT NULL, b text NOT NULL);
CREATE TABLE round (a int NOT NULL, b int NOT NULL, c int NOT NULL);
CREATE TABLE passed (a int NOT NULL, b int NOT NULL, c int);
CREATE TABLE checked (a int CONSTRAINT one NOT NULL, b int CONSTRAINT two CHECK (b > 0));
CREATE TABLE follows (a int NOT NULL);
CREATE TABLE whole (a text, b text CONSTRAINT n NOT NULL) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF whole FOR VALUES IN ('x');
ALTER TABLE whole DETACH PARTITION part;
CREATE TABLE reopened (a int CONSTRAINT nn NOT NULL, b int);
ALTER TABLE reopened ADD CONSTRAINT oo NOT NULL b;
CREATE TABLE given (a int CONSTRAINT given_b_not_null NOT NULL, c int GENERATED ALWAYS AS IDENTITY);
-- desired
CREATE TABLE swapped (b text CONSTRAINT swapped_a_not_null NOT NULL, a text CONSTRAINT swapped_b_not_null NOT NULL);
CREATE TABLE round (a int CONSTRAINT round_b_not_null NOT NULL, b int CONSTRAINT round_c_not_null NOT NULL, c int CONSTRAINT round_a_not_null NOT NULL);
CREATE TABLE passed (a int CONSTRAINT passed_b_not_null NOT NULL, b int, c int CONSTRAINT passed_a_not_null NOT NULL);
CREATE TABLE checked (a int CONSTRAINT two NOT NULL, b int CONSTRAINT one CHECK (b > 0));
CREATE TABLE follows (b int CONSTRAINT follows_a_not_null NOT NULL, a int CONSTRAINT follows_a_not_null1 NOT NULL);
CREATE TABLE whole (a text CONSTRAINT n NOT NULL, b text) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF whole FOR VALUES IN ('x');
CREATE TABLE reopened (a int CONSTRAINT oo NOT NULL, b int);
ALTER TABLE reopened ADD CONSTRAINT nn NOT NULL b NOT VALID;
CREATE TABLE given (a int, b int NOT NULL, c int);
