-- Functions that look for tables, types and functions by their bare names find them.
-- live
CREATE TYPE amount AS (value numeric, currency char(3));
CREATE FUNCTION amount_of(numeric) RETURNS amount LANGUAGE sql IMMUTABLE AS $$SELECT row($1, 'EUR')::amount$$;
CREATE TABLE settings (key text PRIMARY KEY, value text);
CREATE FUNCTION counted() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT count(*) FROM settings); END$$;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO settings VALUES (new.a, tg_op) ON CONFLICT DO NOTHING; RETURN new; END$$;
CREATE FUNCTION is_fine(text) RETURNS boolean LANGUAGE sql STABLE AS $$SELECT EXISTS (SELECT 1 FROM settings) OR true$$;
CREATE TABLE t (a text, x int, m amount DEFAULT amount_of(0));
INSERT INTO t VALUES ('x', 1), ('y', NULL);
CREATE TRIGGER note AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION noted();
-- desired
CREATE TYPE amount AS (value numeric(12,2), currency char(3));
CREATE FUNCTION amount_of(numeric) RETURNS amount LANGUAGE sql IMMUTABLE AS $$SELECT row($1, 'EUR')::amount$$;
CREATE TABLE settings (key text PRIMARY KEY, value text);
CREATE FUNCTION counted() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT count(*) FROM settings); END$$;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO settings VALUES (new.a, tg_op) ON CONFLICT DO NOTHING; RETURN new; END$$;
CREATE FUNCTION is_fine(text) RETURNS boolean LANGUAGE sql STABLE AS $$SELECT EXISTS (SELECT 1 FROM settings) OR true$$;
CREATE TABLE t (a varchar(30), x bigint, i bigint DEFAULT counted(), m amount DEFAULT amount_of(0), CHECK (is_fine(a)));
CREATE TRIGGER note AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION noted();
