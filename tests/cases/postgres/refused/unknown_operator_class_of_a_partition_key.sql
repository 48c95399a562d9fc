-- refused operator class "public.backwards" does not exist for access method "btree"
-- live
CREATE TABLE t (a int);
-- desired
CREATE OPERATOR CLASS backwards FOR TYPE int USING btree AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(int, int);
CREATE TABLE t (a int);
CREATE TABLE p (a int, b text) PARTITION BY RANGE (a backwards);
