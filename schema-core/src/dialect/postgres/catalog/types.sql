-- Enums, domains, composite types and ranges. The fields of composite types are in columns.sql.
SELECT t.oid, n.nspname AS schema, t.typname AS name, t.typtype AS kind, t.typrelid AS relation,
  obj_description(t.oid, 'pg_type') AS comment,
  (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)
    FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
  format_type(coalesce(nullif(t.typbasetype, 0), r.rngsubtype), t.typtypmod) AS base,
  t.typnotnull AS not_null,
  /*>=17*/ (SELECT con.conname FROM pg_constraint con
  /*>=17*/   WHERE con.contypid = t.oid AND con.contype = 'n') AS not_null_name,
  /*>=17*/ (SELECT obj_description(con.oid, 'pg_constraint') FROM pg_constraint con
  /*>=17*/   WHERE con.contypid = t.oid AND con.contype = 'n') AS not_null_comment,
  pg_get_expr(t.typdefaultbin, 0) AS "default",
  CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN cn.nspname END
    AS collation_schema,
  CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN c.collname END AS collation,
  CASE WHEN t.typtype = 'd' THEN (
    SELECT json_agg(json_build_object(
      'name', con.conname,
      'expr', pg_get_expr(con.conbin, 0),
      'not_valid', NOT con.convalidated,
      'comment', obj_description(con.oid, 'pg_constraint')) ORDER BY con.conname)
    FROM pg_constraint con WHERE con.contypid = t.oid AND con.contype = 'c') END AS checks,
  CASE WHEN r.rngtypid IS NOT NULL THEN json_build_array(
    json_build_array('subtype', format_type(r.rngsubtype, NULL)),
    CASE WHEN NOT o.opcdefault THEN json_build_array('subtype_opclass',
      CASE WHEN opn.nspname = 'pg_catalog' THEN '' ELSE quote_ident(opn.nspname) || '.' END
      || quote_ident(o.opcname)) END,
    CASE WHEN r.rngcollation <> 0 AND r.rngcollation <> st.typcollation
      THEN json_build_array('collation', r.rngcollation::regcollation::text) END,
    CASE WHEN r.rngcanonical <> 0
      THEN json_build_array('canonical', r.rngcanonical::regproc::text) END,
    CASE WHEN r.rngsubdiff <> 0
      THEN json_build_array('subtype_diff', r.rngsubdiff::regproc::text) END
    /*>=14*/ , CASE WHEN mt.typnamespace <> t.typnamespace OR mt.typname <>
    /*>=14*/   CASE WHEN strpos(t.typname, 'range') > 0
    /*>=14*/     THEN left(regexp_replace(t.typname, 'range', 'multirange'), 63)
    /*>=14*/     ELSE left(t.typname, 52) || '_multirange' END
    /*>=14*/   THEN json_build_array('multirange_type_name',
    /*>=14*/     format('%I.%I', mt.typnamespace::regnamespace::name, mt.typname)) END
  ) END AS range_options
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_class rel ON rel.oid = t.typrelid
LEFT JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_collation c ON c.oid = t.typcollation
LEFT JOIN pg_namespace cn ON cn.oid = c.collnamespace
LEFT JOIN pg_range r ON r.rngtypid = t.oid
/*>=14*/ LEFT JOIN pg_type mt ON mt.oid = r.rngmultitypid
LEFT JOIN pg_type st ON st.oid = r.rngsubtype
LEFT JOIN pg_opclass o ON o.oid = r.rngsubopc
LEFT JOIN pg_namespace opn ON opn.oid = o.opcnamespace
WHERE {namespaces}
  AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND rel.relkind = 'c')
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
