-- A foreign key to a partitioned table has further rows of the same table, one for each partition.
SELECT con.conrelid AS relation, con.conname AS name, con.contype AS kind, con.conindid AS index,
  con.condeferrable AS deferrable, con.condeferred AS deferred, con.convalidated AS validated,
  con.connoinherit AS no_inherit,
  con.conparentid <> 0 OR con.coninhcount > 0 AND NOT con.conislocal AS inherited,
  -- What a partition has from its table alone is not worth a word.
  /*>=18*/ CASE WHEN con.contype = 'n' AND con.coninhcount > 0
  /*>=18*/     AND (con.conislocal OR NOT c.relispartition)
  /*>=18*/   THEN con.conislocal END AS not_null_local,
  /*<18*/ NULL AS not_null_local,
  con.conkey AS columns,
  CASE WHEN con.contype = 'c' THEN pg_get_expr(con.conbin, con.conrelid) END AS expr,
  rn.nspname AS foreign_schema, rc.relname AS foreign_table,
  CASE WHEN con.contype = 'f' THEN (
    SELECT json_agg(a.attname ORDER BY k.n)
    FROM unnest(con.confkey) WITH ORDINALITY AS k (attnum, n)
    JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.attnum) END AS "references",
  con.confdeltype AS on_delete, con.confupdtype AS on_update, con.confmatchtype AS matching,
  /*>=15*/ con.confdelsetcols AS on_delete_columns,
  /*<15*/ NULL AS on_delete_columns,
  /*>=18*/ con.conperiod AS period, con.conenforced AS enforced,
  /*<18*/ false AS period, true AS enforced,
  CASE WHEN con.contype = 'x' THEN (
    SELECT json_agg(CASE WHEN opn.nspname = 'pg_catalog' THEN o.oprname
      ELSE format('OPERATOR(%I.%s)', opn.nspname, o.oprname) END ORDER BY k.n)
    FROM unnest(con.conexclop) WITH ORDINALITY AS k (op, n)
    JOIN pg_operator o ON o.oid = k.op
    JOIN pg_namespace opn ON opn.oid = o.oprnamespace) END AS operators,
  ds.description AS comment
FROM pg_constraint con
JOIN pg_class c ON c.oid = con.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class rc ON rc.oid = con.confrelid AND con.contype = 'f'
LEFT JOIN pg_namespace rn ON rn.oid = rc.relnamespace
LEFT JOIN pg_constraint parent ON parent.oid = con.conparentid AND con.conparentid <> 0
LEFT JOIN pg_description ds ON ds.classoid = 'pg_constraint'::regclass AND ds.objoid = con.oid
  AND ds.objsubid = 0
WHERE {namespaces} AND c.relkind IN ('r', 'p') AND con.contype IN ('p', 'u', 'c', 'f', 'x', 'n')
  AND (parent.oid IS NULL OR parent.conrelid <> con.conrelid)
ORDER BY con.conrelid, con.conname
