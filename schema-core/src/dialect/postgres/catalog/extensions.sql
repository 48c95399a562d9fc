SELECT e.extname AS name, n.nspname AS schema, e.extversion AS version,
  CASE WHEN obj_description(e.oid, 'pg_extension') IS DISTINCT FROM a.comment
    THEN coalesce(obj_description(e.oid, 'pg_extension'), '') END AS comment
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
LEFT JOIN pg_available_extensions() a ON a.name = e.extname
WHERE e.extname <> 'plpgsql'
