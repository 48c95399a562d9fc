SELECT n.nspname AS schema, s.stxname AS name, tn.nspname AS table_schema, t.relname AS table_name,
  array_to_json(s.stxkind) AS kinds, nullif(s.stxstattarget, -1) AS target,
  (SELECT json_agg(a.attname ORDER BY k.n)
    FROM unnest(s.stxkeys) WITH ORDINALITY AS k (attnum, n)
    JOIN pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = k.attnum) AS columns,
  /*>=14*/ to_json(pg_get_statisticsobjdef_expressions(s.oid)) AS exprs,
  /*<14*/ NULL AS exprs,
  obj_description(s.oid, 'pg_statistic_ext') AS comment
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
JOIN pg_class t ON t.oid = s.stxrelid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE {namespaces}
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_statistic_ext'::regclass AND d.objid = s.oid AND d.deptype = 'e')
