-- A domain takes its default from a sequence, which is made before it and goes after it.
-- live
CREATE DOMAIN plain AS bigint;
CREATE TABLE t (a plain);
-- desired
CREATE SEQUENCE numbers;
CREATE DOMAIN plain AS bigint DEFAULT nextval('numbers');
CREATE SEQUENCE others;
CREATE DOMAIN numbered AS bigint DEFAULT nextval('others');
CREATE TABLE t (a plain, b numbered);
