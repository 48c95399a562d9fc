-- `DEFAULT` takes no `AT TIME ZONE`, `IS` or `NOT` without parentheses.
-- live
CREATE TABLE visits (id integer PRIMARY KEY);
-- desired
CREATE TABLE visits (
  id integer PRIMARY KEY,
  at timestamp DEFAULT (now() AT TIME ZONE 'utc'),
  seen boolean DEFAULT (NOT true),
  odd boolean DEFAULT (1 IN (1, 2)),
  who name DEFAULT "current_user"()
);
CREATE TABLE hits (id integer, at timestamp DEFAULT (now() AT TIME ZONE 'utc') NOT NULL);
