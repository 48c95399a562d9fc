-- live

-- desired
CREATE TABLE t (id int PRIMARY KEY, a int);
COMMENT ON TABLE t IS 'made with a comment';
COMMENT ON COLUMN t.a IS '-- no comment';
