-- refused extension pg_trgm  would be dropped, and is needed by index m_x_idx
-- needs pg_trgm
-- live
CREATE EXTENSION pg_trgm;
CREATE MATERIALIZED VIEW m AS SELECT 'a'::text AS x;
CREATE INDEX ON m USING gin (x gin_trgm_ops);
-- desired
