-- live

-- desired
CREATE SEQUENCE s INCREMENT -1;
CREATE SEQUENCE small AS smallint;
