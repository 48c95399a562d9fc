-- Rails writes these: the server keeps NULL of a type with a length, and a dump shows it.
-- live
CREATE TABLE users (id integer PRIMARY KEY, nick character varying(40) DEFAULT NULL::character varying, bio text);
-- desired
CREATE TABLE users (id integer PRIMARY KEY, nick character varying(40), bio text DEFAULT NULL::character varying);
