-- The columns of tables and the fields of composite types, in their order.
SELECT a.attrelid AS relation, a.attnum, a.attname AS name,
  format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
  pg_get_expr(ad.adbin, ad.adrelid) AS "default",
  a.attidentity AS identity, a.attgenerated AS generated,
  CASE WHEN a.attcollation <> t.typcollation THEN cn.nspname END AS collation_schema,
  CASE WHEN a.attcollation <> t.typcollation THEN co.collname END AS collation,
  CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage,
  /*>=14*/ nullif(a.attcompression, '') AS compression,
  /*<14*/ NULL AS compression,
  nullif(a.attstattarget, -1) AS statistics, to_json(a.attoptions) AS options,
  ds.description AS comment, a.attinhcount > 0 AND (c.relispartition OR NOT a.attislocal) AS inherited
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum AND a.atthasdef
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
LEFT JOIN pg_description ds ON ds.classoid = 'pg_class'::regclass AND ds.objoid = a.attrelid
  AND ds.objsubid = a.attnum
WHERE {namespaces} AND c.relkind IN ('r', 'p', 'c') AND c.relpersistence <> 't'
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
