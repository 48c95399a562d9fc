-- What views, functions, triggers, policies, rules, casts and the like depend on: columns, tables,
-- types, keys, each other.
SELECT DISTINCT k.catalogue, k.oid, rn.nspname AS schema, ref.name, ref.column, ref.key, ref.is_other
FROM pg_depend d
LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
CROSS JOIN LATERAL (SELECT
  CASE WHEN r.rulename = '_RETURN' THEN 'pg_class'
    WHEN d.classid = 'pg_class'::regclass THEN 'pg_foreign_table'
    ELSE d.classid::regclass::text END AS catalogue,
  CASE WHEN r.rulename = '_RETURN' THEN r.ev_class ELSE d.objid END AS oid) k
CROSS JOIN LATERAL (
  SELECT c.relnamespace AS namespace, c.relname AS name, a.attname AS column, NULL AS key,
    c.relkind IN ('v', 'm') AS is_other
  FROM pg_class c
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
  WHERE d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid
    AND (k.catalogue <> 'pg_class' OR c.oid <> k.oid)
  UNION ALL
  SELECT p.pronamespace, p.proname, NULL, NULL, true
  FROM pg_proc p WHERE d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
  UNION ALL
  -- The functions that a range type brings along stand for it.
  SELECT t.typnamespace, t.typname, NULL, NULL, false
  FROM pg_depend i
  JOIN pg_type t ON t.oid = i.refobjid
  WHERE d.refclassid = 'pg_proc'::regclass AND i.classid = 'pg_proc'::regclass
    AND i.objid = d.refobjid AND i.refclassid = 'pg_type'::regclass AND i.deptype = 'i'
  UNION ALL
  -- The row type of a table stands for the table, an array for its elements.
  SELECT coalesce(c.relnamespace, e.typnamespace), coalesce(c.relname, e.typname), NULL, NULL,
    coalesce(c.relkind IN ('v', 'm'), false)
  FROM pg_type t
  JOIN pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
  LEFT JOIN pg_class c ON c.oid = e.typrelid AND c.relkind <> 'c'
  WHERE d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
  UNION ALL
  -- GROUP BY a primary key, ON CONFLICT ON CONSTRAINT.
  SELECT c.relnamespace, c.relname, NULL, co.conname, false
  FROM pg_constraint co
  JOIN pg_class c ON c.oid = co.conrelid
  WHERE d.refclassid = 'pg_constraint'::regclass AND co.oid = d.refobjid
) ref
JOIN pg_namespace rn ON rn.oid = ref.namespace
WHERE (d.classid IN ('pg_rewrite'::regclass, 'pg_proc'::regclass, 'pg_trigger'::regclass,
      'pg_policy'::regclass, 'pg_cast'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass,
      'pg_publication_rel'::regclass)
    -- A foreign table: its types, and the table above it, with which it would go.
    OR d.classid = 'pg_class'::regclass AND d.refclassid IN ('pg_type'::regclass, 'pg_class'::regclass)
      AND d.objid IN (SELECT f.oid FROM pg_class f WHERE f.relkind = 'f'))
  AND d.deptype IN ('n', 'a') AND d.objid >= 16384
  AND rn.nspname <> 'pg_catalog' AND rn.nspname <> 'information_schema'
