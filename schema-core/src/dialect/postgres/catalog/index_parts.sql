-- One row for each column or expression of each index, in order; `INCLUDE` columns stand last.
SELECT ia.attrelid AS index, ia.attnum, a.attname AS column,
  CASE WHEN k.attnum = 0 THEN pg_get_indexdef(x.indexrelid, ia.attnum, false) END AS expr,
  coalesce(x.indoption[ia.attnum - 1], 0) & 1 = 1 AS descending,
  coalesce(x.indoption[ia.attnum - 1], 0) & 2 = 2 AS nulls_first,
  CASE WHEN NOT oc.opcdefault OR ia.attoptions IS NOT NULL THEN
    CASE WHEN ocn.nspname = 'pg_catalog' THEN '' ELSE quote_ident(ocn.nspname) || '.' END
    || quote_ident(oc.opcname) END AS opclass,
  to_json(ia.attoptions) AS opclass_options,
  CASE WHEN co.oid IS NOT NULL THEN con.nspname END AS collation_schema,
  co.collname AS collation,
  CASE WHEN k.attnum = 0 THEN nullif(ia.attstattarget, -1) END AS statistics
FROM pg_index x
JOIN pg_class t ON t.oid = x.indrelid AND t.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_attribute ia ON ia.attrelid = x.indexrelid
CROSS JOIN LATERAL (SELECT x.indkey[ia.attnum - 1] AS attnum) k
LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
LEFT JOIN pg_type ty ON ty.oid = ia.atttypid
LEFT JOIN pg_opclass oc ON oc.oid = x.indclass[ia.attnum - 1] AND ia.attnum <= x.indnkeyatts
LEFT JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace
-- What an expression's own collation is, only the server knows: ask whether it prints one.
LEFT JOIN pg_collation co ON ia.attnum <= x.indnkeyatts AND co.oid = x.indcollation[ia.attnum - 1]
  AND co.oid <> coalesce(a.attcollation, ty.typcollation)
  AND (a.attnum IS NOT NULL OR pg_get_indexdef(x.indexrelid) LIKE '%COLLATE%')
LEFT JOIN pg_namespace con ON con.oid = co.collnamespace
WHERE {namespaces} AND t.relpersistence <> 't'
ORDER BY ia.attrelid, ia.attnum
