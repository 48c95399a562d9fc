SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
  c.relpersistence AS persistence,
  to_json(c.reloptions) AS options, to_json(toast.reloptions) AS toast_options,
  c.relreplident AS replica_identity,
  c.relrowsecurity AS row_security, c.relforcerowsecurity AS row_security_forced,
  ts.spcname AS tablespace, am.amname AS access_method,
  c.reltuples AS tuples, c.relpages AS pages,
  (SELECT count(*) FROM pg_inherits i WHERE i.inhparent = c.oid) AS partitions,
  obj_description(c.oid, 'pg_class') AS comment,
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
  (SELECT json_agg(a.attname ORDER BY k.n)
    FROM unnest(p.partattrs) WITH ORDINALITY AS k (attnum, n)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
    WHERE k.attnum > 0) AS partition_columns,
  tn.nspname AS type_schema, ty.typname AS type_name,
  CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS partition_bound,
  /*>=14*/ EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid AND i.inhdetachpending) AS detach_pending,
  (SELECT json_agg(json_build_array(pn.nspname, pc.relname) ORDER BY i.inhseqno)
    FROM pg_inherits i
    JOIN pg_class pc ON pc.oid = i.inhparent
    JOIN pg_namespace pn ON pn.oid = pc.relnamespace
    WHERE i.inhrelid = c.oid) AS parents
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_am am ON am.oid = c.relam AND am.amname <> 'heap'
LEFT JOIN pg_partitioned_table p ON p.partrelid = c.oid
LEFT JOIN pg_type ty ON ty.oid = c.reloftype
LEFT JOIN pg_namespace tn ON tn.oid = ty.typnamespace
WHERE {namespaces} AND c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
