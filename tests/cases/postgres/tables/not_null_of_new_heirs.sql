-- min 18
-- one way
-- New tables below others have a NOT NULL under a name of their own, or as their own, or neither.
-- live
CREATE TABLE p (e int NOT NULL, f int);
CREATE TABLE q (e int NOT NULL, f int) PARTITION BY LIST (e);
CREATE TABLE h (e int);
ALTER TABLE h ALTER e SET NOT NULL;
CREATE TABLE becomes (x int) INHERITS (p);
-- desired
CREATE TABLE p (e int NOT NULL, f int);
CREATE TABLE q (e int NOT NULL, f int) PARTITION BY LIST (e);
CREATE TABLE h (e int);
ALTER TABLE h ALTER e SET NOT NULL;
CREATE TABLE becomes (x int) INHERITS (p);
ALTER TABLE becomes ALTER e SET NOT NULL;
CREATE TABLE plain () INHERITS (p);
CREATE TABLE said (e int) INHERITS (p);
CREATE TABLE demands (e int NOT NULL) INHERITS (p);
CREATE TABLE mine (CONSTRAINT mine NOT NULL e) INHERITS (p);
CREATE TABLE own (CONSTRAINT p_e_not_null NOT NULL e, CONSTRAINT mf NOT NULL f) INHERITS (p);
CREATE TABLE q1 PARTITION OF q (CONSTRAINT mine NOT NULL e) FOR VALUES IN (1);
CREATE TABLE q2 PARTITION OF q (CONSTRAINT mf NOT NULL f) FOR VALUES IN (2);
CREATE TABLE q3 PARTITION OF q (e NOT NULL) FOR VALUES IN (3);
