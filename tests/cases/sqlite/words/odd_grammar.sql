-- live
CREATE TABLE IF NOT EXISTS main . t(id integer primary key asc,a text null,b text constraint nn not null constraint dflt default 'x' constraint uq unique,c int constraint ck check(c>0)constraint fk references t(id)on delete set null match full not deferrable initially immediate,d text collate nocase,constraint"x y"check(1),foreign key(c)references t);
INSERT INTO t VALUES (1, 'a', 'b', 1, 'd');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT NOT NULL DEFAULT 'x' UNIQUE, c INT CHECK (c > 0) REFERENCES t (id) ON DELETE SET NULL, d TEXT COLLATE NOCASE NOT NULL);
INSERT INTO t VALUES (1, 'a', 'b', 1, 'd');
