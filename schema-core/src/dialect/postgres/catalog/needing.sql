-- What needs an extension of these, or something of it, and does not go with it: what it is, the table
-- that it is a part of, and whether models say such parts.
SET LOCAL search_path = public;
WITH RECURSIVE goes (extension, class, oid) AS (
  SELECT extname, 'pg_extension'::regclass::oid, oid
  FROM pg_extension WHERE extname IN ({extensions})
  UNION
  SELECT g.extension, d.classid, d.objid
  FROM goes g
  JOIN pg_depend d ON d.refclassid = g.class AND d.refobjid = g.oid
  WHERE d.deptype IN ('e', 'i', 'a', 'x') AND d.objsubid = 0),
needing AS (
  -- The rule of a view stands for it.
  SELECT DISTINCT g.extension, coalesce(v.refclassid, d.classid) AS class, coalesce(v.refobjid, d.objid) AS oid
  FROM goes g
  JOIN pg_depend d ON d.refclassid = g.class AND d.refobjid = g.oid AND d.deptype = 'n'
  LEFT JOIN pg_depend v ON d.classid = 'pg_rewrite'::regclass
    AND v.classid = d.classid AND v.objid = d.objid AND v.deptype = 'i')
SELECT json_build_array(i.extension, pg_describe_object(i.class, i.oid, 0),
  coalesce(tn.nspname, ''), coalesce(t.relname, ''),
  CASE WHEN i.class::regclass::text IN ('pg_class', 'pg_attrdef', 'pg_constraint', 'pg_statistic_ext') THEN 'said' ELSE '' END)::text
FROM needing i
LEFT JOIN pg_class c ON i.class = 'pg_class'::regclass AND c.oid = i.oid
LEFT JOIN pg_constraint co ON i.class = 'pg_constraint'::regclass AND co.oid = i.oid
LEFT JOIN pg_class t ON t.relkind IN ('r', 'p') AND t.oid = CASE i.class::regclass::text
  WHEN 'pg_class' THEN coalesce((SELECT x.indrelid FROM pg_index x WHERE x.indexrelid = i.oid), i.oid)
  WHEN 'pg_attrdef' THEN (SELECT x.adrelid FROM pg_attrdef x WHERE x.oid = i.oid)
  WHEN 'pg_constraint' THEN co.conrelid
  WHEN 'pg_trigger' THEN (SELECT x.tgrelid FROM pg_trigger x WHERE x.oid = i.oid)
  WHEN 'pg_policy' THEN (SELECT x.polrelid FROM pg_policy x WHERE x.oid = i.oid)
  WHEN 'pg_rewrite' THEN (SELECT x.ev_class FROM pg_rewrite x WHERE x.oid = i.oid)
  WHEN 'pg_statistic_ext' THEN (SELECT x.stxrelid FROM pg_statistic_ext x WHERE x.oid = i.oid)
  WHEN 'pg_publication_rel' THEN (SELECT x.prrelid FROM pg_publication_rel x WHERE x.oid = i.oid)
  END
LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE NOT EXISTS (SELECT FROM goes g WHERE g.class = i.class AND g.oid = i.oid)
  AND NOT EXISTS (
    SELECT FROM pg_depend e WHERE e.classid = i.class AND e.objid = i.oid AND e.deptype = 'e')
  -- Composite types and domains are said as tables are.
  AND c.relkind IS DISTINCT FROM 'c' AND i.class <> 'pg_type'::regclass
  AND coalesce(co.contypid, 0) = 0
ORDER BY 1
