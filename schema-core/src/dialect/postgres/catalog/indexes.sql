-- All indexes, those of constraints too: these are matched to their constraint by oid.
SELECT x.indexrelid AS oid, x.indrelid AS relation, c.relname AS name, am.amname AS method,
  x.indisunique AS is_unique, NOT x.indisvalid AS invalid, x.indnkeyatts AS keys,
  x.indisclustered AS clustered, x.indisreplident AS replica_identity,
  /*>=15*/ x.indnullsnotdistinct AS nulls_not_distinct,
  /*<15*/ false AS nulls_not_distinct,
  CASE WHEN x.indpred IS NOT NULL THEN pg_get_expr(x.indpred, x.indrelid) END AS predicate,
  to_json(c.reloptions) AS options, ts.spcname AS tablespace,
  i.inhrelid IS NOT NULL AS inherited, top.relname AS part_of,
  con.oid IS NOT NULL AS is_constraint,
  obj_description(c.oid, 'pg_class') AS comment, (
    SELECT json_agg(e.extname ORDER BY e.extname)
    FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
      AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x') AS extensions
FROM pg_index x
JOIN pg_class c ON c.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid AND t.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_inherits i ON i.inhrelid = x.indexrelid
LEFT JOIN pg_class top ON top.oid = pg_partition_root(i.inhrelid)
LEFT JOIN pg_constraint con ON con.conindid = x.indexrelid AND con.conrelid = x.indrelid
  AND con.contype IN ('p', 'u', 'x')
WHERE {namespaces} AND t.relpersistence <> 't'
ORDER BY x.indrelid, c.relname
