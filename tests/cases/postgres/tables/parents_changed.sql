-- A table gets parents once it has what they have, and loses them before anything else.
-- live
CREATE SCHEMA begins;
CREATE TABLE begins.p (a int NOT NULL, b text, CHECK (a > 0));
CREATE TABLE begins.c (a int NOT NULL, b text, c int, CONSTRAINT p_a_check CHECK (a > 0));
CREATE SCHEMA lacks;
CREATE TABLE lacks.p (a int NOT NULL, b text, CONSTRAINT pos CHECK (a > 0));
CREATE TABLE lacks.c (c int);
CREATE SCHEMA together;
CREATE TABLE together.p (a int NOT NULL, old int);
CREATE TABLE together.c (a int, c int);
CREATE SCHEMA in_order;
CREATE TABLE in_order.p (a int NOT NULL, b text);
CREATE TABLE in_order.q (a int NOT NULL, b text);
CREATE TABLE in_order.c (a int NOT NULL, b text, c int) INHERITS (in_order.p, in_order.q);
CREATE SCHEMA new;
CREATE TABLE new.c (a int NOT NULL, b text, c int);
-- desired
CREATE SCHEMA begins;
CREATE TABLE begins.p (a int NOT NULL, b text, CHECK (a > 0));
CREATE TABLE begins.c (a int NOT NULL, b text, c int, CONSTRAINT p_a_check CHECK (a > 0)) INHERITS (begins.p);
CREATE SCHEMA lacks;
CREATE TABLE lacks.p (a int NOT NULL, b text, CONSTRAINT pos CHECK (a > 0));
CREATE TABLE lacks.c (a int NOT NULL, b text, c int, CONSTRAINT pos CHECK (a > 0)) INHERITS (lacks.p);
CREATE SCHEMA together;
CREATE TABLE together.p (a bigint NOT NULL, b text, CONSTRAINT pos CHECK (a > 0));
CREATE TABLE together.c (a bigint NOT NULL, b text, c int, CONSTRAINT pos CHECK (a > 0)) INHERITS (together.p);
CREATE SCHEMA in_order;
CREATE TABLE in_order.p (a int NOT NULL, b text);
CREATE TABLE in_order.q (a int NOT NULL, b text);
CREATE TABLE in_order.c (a int NOT NULL, b text, c int) INHERITS (in_order.q, in_order.p);
CREATE SCHEMA new;
CREATE TABLE new.p (a int NOT NULL, b text);
CREATE TABLE new.c (a int NOT NULL, b text, c int) INHERITS (new.p);
