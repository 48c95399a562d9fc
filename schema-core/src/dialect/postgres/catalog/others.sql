-- What no model says: views, functions, triggers, policies, rules, with the statements that make
-- them again. The owner is named only where it is not the one who reads. What that one's default
-- privileges give to anything new (`given`) is taken back before what was granted is granted again.
-- What goes with an extension (DEPENDS ON EXTENSION) says so again.
WITH {given}, tied AS (
  SELECT d.classid, d.objid, format('DEPENDS ON EXTENSION %I', e.extname) AS words
  FROM pg_extension e
  JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'x')
SELECT 'pg_class' AS catalogue, c.oid,
  CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END AS kind,
  n.nspname AS schema, c.relname AS name, NULL AS signature,
  NULL AS table_schema, NULL AS table_name,
  format('DROP %s %s', k.keyword, k.full_name) AS drop_statement,
  (jsonb_build_array(
    format('CREATE %s %s%s AS %s%s', k.keyword, k.full_name,
      ' WITH (' || array_to_string(c.reloptions || (
        SELECT array_agg('toast.' || o.text)
        FROM pg_class tc, unnest(tc.reloptions) AS o (text)
        WHERE tc.oid = c.reltoastrelid), ', ') || ')',
      rtrim(pg_get_viewdef(c.oid), ';'),
      CASE WHEN NOT c.relispopulated THEN ' WITH NO DATA' END),
    CASE WHEN c.relowner <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
      THEN format('ALTER %s %s OWNER TO %I', k.keyword, k.full_name, pg_get_userbyid(c.relowner)) END)
  || coalesce((
    SELECT jsonb_agg(format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', k.full_name, a.attname,
      pg_get_expr(ad.adbin, ad.adrelid)) ORDER BY a.attnum)
    FROM pg_attrdef ad JOIN pg_attribute a ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
    WHERE ad.adrelid = c.oid), '[]')
  || coalesce((
    SELECT jsonb_agg(s.text ORDER BY a.attnum, s.n)
    FROM pg_attribute a
    JOIN pg_type ty ON ty.oid = a.atttypid
    CROSS JOIN LATERAL (VALUES
      (1, 'STATISTICS ' || nullif(a.attstattarget, -1)),
      (2, 'STORAGE ' || CASE WHEN a.attstorage <> ty.typstorage THEN
        CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
          ELSE 'EXTENDED' END END),
      (3, 'SET (' || array_to_string(a.attoptions, ', ') || ')')) o (n, words)
    CROSS JOIN LATERAL (SELECT o.n, format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %I %s%s',
      k.full_name, a.attname, CASE WHEN o.n < 3 THEN 'SET ' END, o.words) AS text) s
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND c.relkind = 'm' AND o.words IS NOT NULL), '[]')
  || coalesce((
    SELECT jsonb_agg(i.text ORDER BY x.indexrelid, i.n)
    FROM pg_index x
    CROSS JOIN LATERAL (VALUES
      (1, pg_get_indexdef(x.indexrelid)),
      (2, 'COMMENT ON INDEX ' || x.indexrelid::regclass || ' IS '
        || quote_literal(obj_description(x.indexrelid, 'pg_class'))),
      (3, CASE WHEN x.indisclustered THEN format('ALTER MATERIALIZED VIEW %s CLUSTER ON %I',
        k.full_name, (SELECT ic.relname FROM pg_class ic WHERE ic.oid = x.indexrelid)) END)) i (n, text)
    WHERE x.indrelid = c.oid AND i.text IS NOT NULL), '[]')
  || coalesce((
    SELECT jsonb_agg(format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s',
      x.indexrelid::regclass, a.attnum, a.attstattarget) ORDER BY x.indexrelid, a.attnum)
    FROM pg_index x
    JOIN pg_attribute a ON a.attrelid = x.indexrelid
    WHERE x.indrelid = c.oid AND a.attstattarget >= 0), '[]')
  || coalesce((
    SELECT jsonb_agg(format('ALTER %s %s', m.words, tied.words) ORDER BY m.n, m.words, tied.words)
    FROM (
      SELECT 1 AS n, c.oid, format('MATERIALIZED VIEW %s', k.full_name) AS words
      UNION ALL
      SELECT 2, x.indexrelid, format('INDEX %s', x.indexrelid::regclass)
      FROM pg_index x WHERE x.indrelid = c.oid) m
    JOIN tied ON tied.classid = 'pg_class'::regclass AND tied.objid = m.oid), '[]')
  || coalesce((
    SELECT jsonb_agg(e.text ORDER BY st.oid, e.n)
    FROM pg_statistic_ext st
    JOIN pg_namespace sn ON sn.oid = st.stxnamespace
    CROSS JOIN LATERAL (VALUES
      (1, pg_get_statisticsobjdef(st.oid)),
      (2, format('ALTER STATISTICS %I.%I SET STATISTICS ', sn.nspname, st.stxname)
        || nullif(st.stxstattarget, -1)),
      (3, format('COMMENT ON STATISTICS %I.%I IS ', sn.nspname, st.stxname)
        || quote_literal(obj_description(st.oid, 'pg_statistic_ext')))) e (n, text)
    WHERE st.stxrelid = c.oid AND e.text IS NOT NULL), '[]')
  || coalesce((
    SELECT jsonb_agg(format('COMMENT ON %s IS %L',
      CASE WHEN ds.objsubid = 0 THEN format('%s %s', k.keyword, k.full_name)
        ELSE format('COLUMN %s.%I', k.full_name, a.attname) END, ds.description) ORDER BY ds.objsubid)
    FROM pg_description ds
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ds.objsubid AND ds.objsubid > 0
    WHERE ds.classoid = 'pg_class'::regclass AND ds.objoid = c.oid), '[]')
  || coalesce((
    SELECT jsonb_agg(DISTINCT format('REVOKE ALL ON %s FROM %s', k.full_name, g.role))
    FROM given g
    WHERE g.kind = 'r' AND g.namespace IN (0, c.relnamespace) AND g.role IS NOT NULL), '[]')
  || coalesce((
    SELECT jsonb_agg(format('GRANT %s ON %s TO %s%s', acl.privilege_type, k.full_name,
      CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END,
      CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' END)
      ORDER BY acl.grantee, acl.privilege_type)
    FROM aclexplode(c.relacl) acl WHERE acl.grantee <> c.relowner), '[]')
  || coalesce((
    SELECT jsonb_agg(format('GRANT %s (%I) ON %s TO %s%s', acl.privilege_type, a.attname, k.full_name,
      CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END,
      CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' END)
      ORDER BY a.attnum, acl.grantee, acl.privilege_type)
    FROM pg_attribute a, aclexplode(a.attacl) acl
    WHERE a.attrelid = c.oid AND acl.grantee <> c.relowner), '[]')
  || coalesce((
    SELECT jsonb_agg(format('REVOKE %s ON %s FROM %I', d.privilege_type, k.full_name,
      pg_get_userbyid(d.grantee)) ORDER BY d.privilege_type)
    FROM aclexplode(acldefault('r', c.relowner)) d
    WHERE c.relacl IS NOT NULL AND d.grantee = c.relowner AND NOT EXISTS (
      SELECT FROM aclexplode(c.relacl) acl
      WHERE acl.grantee = c.relowner AND acl.privilege_type = d.privilege_type)), '[]')
  )::text AS statements
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT
  CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END AS keyword,
  format('%I.%I', n.nspname, c.relname) AS full_name) k
WHERE {namespaces} AND c.relkind IN ('v', 'm')
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
UNION ALL
SELECT 'pg_proc', p.oid, k.kind, n.nspname, p.proname, k.arguments, NULL, NULL,
  format('DROP %s %s', upper(k.kind), k.full_name),
  (jsonb_build_array(
    -- An aggregate's definition is not printed by any function of the server.
    CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid)
      ELSE (SELECT format('CREATE AGGREGATE %s (%s)', k.full_name, concat_ws(', ',
          'SFUNC = ' || ag.aggtransfn::regproc, 'STYPE = ' || format_type(ag.aggtranstype, NULL),
          'SSPACE = ' || nullif(ag.aggtransspace, 0),
          'FINALFUNC = ' || nullif(ag.aggfinalfn, 0)::regproc::text,
          CASE WHEN ag.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
          'FINALFUNC_MODIFY = ' || CASE WHEN ag.aggfinalfn <> 0 THEN CASE ag.aggfinalmodify
            WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
          'COMBINEFUNC = ' || nullif(ag.aggcombinefn, 0)::regproc::text,
          'SERIALFUNC = ' || nullif(ag.aggserialfn, 0)::regproc::text,
          'DESERIALFUNC = ' || nullif(ag.aggdeserialfn, 0)::regproc::text,
          'INITCOND = ' || quote_literal(ag.agginitval),
          'MSFUNC = ' || nullif(ag.aggmtransfn, 0)::regproc::text,
          'MINVFUNC = ' || nullif(ag.aggminvtransfn, 0)::regproc::text,
          'MSTYPE = ' || CASE WHEN ag.aggmtranstype <> 0 THEN format_type(ag.aggmtranstype, NULL) END,
          'MSSPACE = ' || nullif(ag.aggmtransspace, 0),
          'MFINALFUNC = ' || nullif(ag.aggmfinalfn, 0)::regproc::text,
          CASE WHEN ag.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
          'MFINALFUNC_MODIFY = ' || CASE WHEN ag.aggmfinalfn <> 0 THEN CASE ag.aggmfinalmodify
            WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
          'MINITCOND = ' || quote_literal(ag.aggminitval),
          'SORTOP = ' || (SELECT format('OPERATOR(%I.%s)', opn.nspname, op.oprname)
            FROM pg_operator op JOIN pg_namespace opn ON opn.oid = op.oprnamespace
            WHERE op.oid = ag.aggsortop),
          'PARALLEL = ' || CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END,
          CASE ag.aggkind WHEN 'h' THEN 'HYPOTHETICAL' END))
        FROM pg_aggregate ag WHERE ag.aggfnoid = p.oid) END,
    CASE WHEN p.proowner <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
      THEN format('ALTER %s %s OWNER TO %I', upper(k.kind), k.full_name, pg_get_userbyid(p.proowner)) END,
    'COMMENT ON ' || upper(k.kind) || ' ' || k.full_name || ' IS '
      || quote_literal(obj_description(p.oid, 'pg_proc')),
    CASE WHEN p.proacl IS NOT NULL
      AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) acl WHERE acl.grantee = 0)
      THEN format('REVOKE ALL ON %s %s FROM PUBLIC', k.grant_kind, k.full_name) END)
  || coalesce((
    SELECT jsonb_agg(DISTINCT format('REVOKE ALL ON %s %s FROM %s', k.grant_kind, k.full_name, g.role))
    FROM given g
    WHERE g.kind = 'f' AND g.namespace IN (0, p.pronamespace) AND g.role IS NOT NULL), '[]')
  || jsonb_build_array(
    CASE WHEN EXISTS (SELECT FROM given g WHERE g.kind = 'f')
      AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) acl WHERE acl.grantee = 0))
      THEN format('GRANT EXECUTE ON %s %s TO PUBLIC', k.grant_kind, k.full_name) END)
  || coalesce((
    SELECT jsonb_agg(format('GRANT EXECUTE ON %s %s TO %I%s', k.grant_kind, k.full_name,
      pg_get_userbyid(acl.grantee),
      CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' END) ORDER BY acl.grantee)
    FROM aclexplode(p.proacl) acl WHERE acl.grantee NOT IN (0, p.proowner)), '[]')
  || coalesce((
    SELECT jsonb_agg(format('REVOKE %s ON %s %s FROM %I', d.privilege_type, k.grant_kind, k.full_name,
      pg_get_userbyid(d.grantee)) ORDER BY d.privilege_type)
    FROM aclexplode(acldefault('f', p.proowner)) d
    WHERE p.proacl IS NOT NULL AND d.grantee = p.proowner AND NOT EXISTS (
      SELECT FROM aclexplode(p.proacl) acl
      WHERE acl.grantee = p.proowner AND acl.privilege_type = d.privilege_type)), '[]')
  || coalesce((
    SELECT jsonb_agg(format('ALTER %s %s %s', upper(k.kind), k.full_name, tied.words) ORDER BY tied.words)
    FROM tied
    WHERE tied.classid = 'pg_proc'::regclass AND tied.objid = p.oid AND k.kind <> 'aggregate'), '[]')
  )::text
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
CROSS JOIN LATERAL (SELECT pg_get_function_identity_arguments(p.oid) AS arguments,
  CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind) args
CROSS JOIN LATERAL (SELECT args.kind, args.arguments,
  CASE args.kind WHEN 'procedure' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS grant_kind,
  format('%I.%I(%s)', n.nspname, p.proname,
    CASE WHEN args.kind = 'aggregate' AND p.pronargs = 0 THEN '*' ELSE args.arguments END) AS full_name) k
-- The functions that a range type brings along are not anybody's.
WHERE {namespaces}
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
UNION ALL
SELECT 'pg_trigger', t.oid, 'trigger', n.nspname, t.tgname, NULL, n.nspname, c.relname,
  format('DROP TRIGGER %I ON %I.%I', t.tgname, n.nspname, c.relname),
  (jsonb_build_array(
    pg_get_triggerdef(t.oid),
    CASE t.tgenabled
      WHEN 'D' THEN format('ALTER TABLE %I.%I DISABLE TRIGGER %I', n.nspname, c.relname, t.tgname)
      WHEN 'R' THEN format('ALTER TABLE %I.%I ENABLE REPLICA TRIGGER %I', n.nspname, c.relname, t.tgname)
      WHEN 'A' THEN format('ALTER TABLE %I.%I ENABLE ALWAYS TRIGGER %I', n.nspname, c.relname, t.tgname)
    END,
    format('COMMENT ON TRIGGER %I ON %I.%I IS ', t.tgname, n.nspname, c.relname)
      || quote_literal(obj_description(t.oid, 'pg_trigger')))
  || coalesce((
    SELECT jsonb_agg(format('ALTER TRIGGER %I ON %I.%I %s', t.tgname, n.nspname, c.relname, tied.words)
      ORDER BY tied.words)
    FROM tied WHERE tied.classid = 'pg_trigger'::regclass AND tied.objid = t.oid), '[]')
  -- A partition may have it switched otherwise than its parent.
  || coalesce((
    SELECT jsonb_agg(format('ALTER TABLE %I.%I %s TRIGGER %I', pn.nspname, pc.relname,
      CASE pt.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
        WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END, pt.tgname) ORDER BY tree.level, pc.oid)
    FROM pg_partition_tree(t.tgrelid) tree
    JOIN pg_class pc ON pc.oid = tree.relid
    JOIN pg_namespace pn ON pn.oid = pc.relnamespace
    JOIN pg_trigger pt ON pt.tgrelid = pc.oid AND pt.tgname = t.tgname AND pt.tgparentid <> 0
    WHERE c.relkind = 'p'
    HAVING bool_or(pt.tgenabled <> t.tgenabled)), '[]'))::text
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {namespaces} AND NOT t.tgisinternal AND t.tgparentid = 0
UNION ALL
SELECT 'pg_policy', p.oid, 'policy', n.nspname, p.polname, NULL, n.nspname, c.relname,
  format('DROP POLICY %I ON %I.%I', p.polname, n.nspname, c.relname),
  jsonb_build_array(
    format('CREATE POLICY %I ON %I.%I%s FOR %s TO %s%s%s', p.polname, n.nspname, c.relname,
      CASE WHEN NOT p.polpermissive THEN ' AS RESTRICTIVE' END,
      CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
        WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
      (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END,
          ', ' ORDER BY role)
        FROM unnest(p.polroles) AS role),
      ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
      ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
    format('COMMENT ON POLICY %I ON %I.%I IS ', p.polname, n.nspname, c.relname)
      || quote_literal(obj_description(p.oid, 'pg_policy')))::text
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {namespaces}
UNION ALL
SELECT 'pg_rewrite', r.oid, 'rule', n.nspname, r.rulename, NULL, n.nspname, c.relname,
  format('DROP RULE %I ON %I.%I', r.rulename, n.nspname, c.relname),
  jsonb_build_array(
    rtrim(pg_get_ruledef(r.oid), ';'),
    CASE r.ev_enabled
      WHEN 'D' THEN format('ALTER TABLE %I.%I DISABLE RULE %I', n.nspname, c.relname, r.rulename)
      WHEN 'R' THEN format('ALTER TABLE %I.%I ENABLE REPLICA RULE %I', n.nspname, c.relname, r.rulename)
      WHEN 'A' THEN format('ALTER TABLE %I.%I ENABLE ALWAYS RULE %I', n.nspname, c.relname, r.rulename)
    END,
    format('COMMENT ON RULE %I ON %I.%I IS ', r.rulename, n.nspname, c.relname)
      || quote_literal(obj_description(r.oid, 'pg_rewrite')))::text
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {namespaces} AND r.rulename <> '_RETURN'
UNION ALL
SELECT 'pg_cast', k.oid, 'cast', NULL, format('%s AS %s', k.castsource::regtype, k.casttarget::regtype),
  NULL, NULL, NULL, format('DROP CAST (%s AS %s)', k.castsource::regtype, k.casttarget::regtype),
  jsonb_build_array(
    format('CREATE CAST (%s AS %s) %s%s', k.castsource::regtype, k.casttarget::regtype,
      CASE k.castmethod WHEN 'b' THEN 'WITHOUT FUNCTION' WHEN 'i' THEN 'WITH INOUT'
        ELSE format('WITH FUNCTION %s', k.castfunc::regprocedure) END,
      CASE k.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END),
    format('COMMENT ON CAST (%s AS %s) IS ', k.castsource::regtype, k.casttarget::regtype)
      || quote_literal(obj_description(k.oid, 'pg_cast')))::text
FROM pg_cast k
-- Lower ones are the server's own; a range type brings one along.
WHERE k.oid >= 16384
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_cast'::regclass AND d.objid = k.oid AND d.deptype IN ('e', 'i'))
/*>=15*/ UNION ALL
-- Columns that a publication names keep their types.
/*>=15*/ SELECT 'pg_publication_rel', pr.oid, 'place in publication', n.nspname, p.pubname, NULL, n.nspname,
/*>=15*/   c.relname, format('ALTER PUBLICATION %I DROP TABLE ONLY %I.%I', p.pubname, n.nspname, c.relname),
/*>=15*/   jsonb_build_array(format('ALTER PUBLICATION %I ADD TABLE ONLY %I.%I%s%s', p.pubname, n.nspname,
/*>=15*/     c.relname, ' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
/*>=15*/       FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (pr.prattrs)) || ')',
/*>=15*/     ' WHERE (' || pg_get_expr(pr.prqual, pr.prrelid) || ')'))::text
/*>=15*/ FROM pg_publication_rel pr
/*>=15*/ JOIN pg_publication p ON p.oid = pr.prpubid
/*>=15*/ JOIN pg_class c ON c.oid = pr.prrelid
/*>=15*/ JOIN pg_namespace n ON n.oid = c.relnamespace
/*>=15*/ WHERE {namespaces} AND (pr.prqual IS NOT NULL OR pr.prattrs IS NOT NULL)
-- Without a definition: what stands on a type is known to be in its way.
UNION ALL
SELECT o.catalogue, o.oid, o.kind, n.nspname, o.name, o.signature, NULL, NULL,
  format('DROP %s %s', upper(o.kind),
    coalesce(o.signature, concat_ws('.', quote_ident(n.nspname), quote_ident(o.name)))), '[]'
FROM (
  SELECT 'pg_foreign_table' AS catalogue, 'pg_class'::regclass AS class, c.oid, 'foreign table' AS kind,
    c.relnamespace AS namespace, c.relname AS name, NULL AS signature
  FROM pg_class c WHERE c.relkind = 'f'
  UNION ALL
  SELECT 'pg_collation', 'pg_collation', oid, 'collation', collnamespace, collname, NULL FROM pg_collation
  UNION ALL
  SELECT 'pg_ts_config', 'pg_ts_config', oid, 'text search configuration', cfgnamespace, cfgname, NULL
  FROM pg_ts_config
  UNION ALL
  SELECT 'pg_ts_dict', 'pg_ts_dict', oid, 'text search dictionary', dictnamespace, dictname, NULL
  FROM pg_ts_dict
  UNION ALL
  SELECT 'pg_opclass', 'pg_opclass', oid, 'operator class', opcnamespace, opcname, NULL FROM pg_opclass
  UNION ALL
  SELECT 'pg_operator', 'pg_operator', oid, 'operator', oprnamespace, oprname, oid::regoperator::text
  FROM pg_operator
  UNION ALL
  SELECT 'pg_foreign_server', 'pg_foreign_server', oid, 'server', NULL, srvname, NULL
  FROM pg_foreign_server
  UNION ALL
  SELECT 'pg_event_trigger', 'pg_event_trigger', oid, 'event trigger', NULL, evtname, NULL
  FROM pg_event_trigger
  UNION ALL
  SELECT 'pg_publication', 'pg_publication', oid, 'publication', NULL, pubname, NULL FROM pg_publication
) o
LEFT JOIN pg_namespace n ON n.oid = o.namespace
WHERE (o.namespace IS NULL OR {namespaces})
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e')
