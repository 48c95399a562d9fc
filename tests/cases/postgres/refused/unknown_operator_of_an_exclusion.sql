-- refused operator class "public.alike" does not exist for access method "hash"
-- live
CREATE TABLE t (a int);
-- desired
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq, COMMUTATOR = ===);
CREATE OPERATOR CLASS alike FOR TYPE int USING hash AS OPERATOR 1 ===, FUNCTION 1 hashint4(int);
CREATE TABLE t (a int, EXCLUDE USING hash (a alike WITH ===));
