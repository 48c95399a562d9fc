-- What belongs to roles that the user is not, but for tables and types: only its owner alters it.
SET LOCAL search_path = '';
SELECT concat_ws(E'\n', o.kind, pg_get_userbyid(o.owner), coalesce(n.nspname, ''), o.name, o.signature)
FROM (
  SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
      ELSE 'index' END AS kind,
    relowner AS owner, relnamespace AS namespace, relname AS name, '' AS signature
  FROM pg_class WHERE relkind IN ('v', 'm', 'S', 'i', 'I')
  UNION ALL
  SELECT CASE prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
    proowner, pronamespace, proname, pg_get_function_identity_arguments(oid)
  FROM pg_proc
  UNION ALL
  SELECT 'statistics', stxowner, stxnamespace, stxname, '' FROM pg_statistic_ext
  UNION ALL
  -- That of `public` is whoever owns the database.
  SELECT 'schema', CASE pg_get_userbyid(nspowner) WHEN 'pg_database_owner' THEN d.datdba ELSE nspowner END,
    NULL, nspname, ''
  FROM pg_namespace, pg_database d WHERE d.datname = current_database()
  UNION ALL
  SELECT 'extension', extowner, NULL, extname, '' FROM pg_extension
  UNION ALL
  SELECT 'publication', pubowner, NULL, pubname, '' FROM pg_publication
) o
LEFT JOIN pg_namespace n ON n.oid = o.namespace
WHERE NOT pg_has_role(o.owner, 'USAGE')
  AND (n.oid IS NULL OR n.nspname <> 'information_schema' AND n.nspname !~ '^pg_')
