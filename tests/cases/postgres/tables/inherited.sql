-- A child says anew what it has from its parent.
-- live
CREATE TABLE parent (id integer PRIMARY KEY, body text DEFAULT 'p');
-- desired
CREATE TABLE parent (id integer PRIMARY KEY, body text DEFAULT 'p');
CREATE TABLE child (extra text, body text DEFAULT 'c') INHERITS (parent);
