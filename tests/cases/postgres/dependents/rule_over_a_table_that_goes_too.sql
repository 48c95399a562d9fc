-- A table goes with its rule, before what that is about.
-- one way
-- live
CREATE TABLE kept (a int);
CREATE TABLE audited (a int);
CREATE TABLE an_audit (a int);
CREATE RULE audit AS ON INSERT TO audited DO ALSO INSERT INTO an_audit VALUES (new.a);
-- desired
CREATE TABLE kept (a int);
