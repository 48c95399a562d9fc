-- min 17
-- Names of NOT NULL of domains.
-- live
CREATE SCHEMA dn1;
SET search_path = dn1, public;
create domain d as int; create domain e as int constraint x not null; create domain f as int not null; create domain g as text not null;
CREATE SCHEMA com2;
SET search_path = com2, public;
create domain d as int constraint dc check (value>0); create domain d2 as int[]; create domain d3 as text collate "C" default 'x' constraint n not null;
-- desired
CREATE SCHEMA dn1;
SET search_path = dn1, public;
create domain d as int constraint n not null; create domain e as int constraint y not null; create domain f as int constraint h not null; create domain g as int constraint z not null;
CREATE SCHEMA com2;
SET search_path = com2, public;
create domain d as int; alter domain d add constraint dc check (value>1) not valid; create domain d2 as bigint[] default '{}'; create domain d3 as text collate "POSIX" default 'y';
