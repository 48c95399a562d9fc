-- Whose relations and types are where that is not the one who reads, and the statements that give a
-- type, a column or a partitioned table that is made anew to those who have it. What the default
-- privileges of the one who reads give to anything new (`given`) is taken back first.
WITH {given}
SELECT 'relation' AS kind, n.nspname AS schema, c.relname AS name, NULL AS "column",
  pg_get_userbyid(c.relowner) AS owner, NULL AS statements
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {namespaces} AND c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't'
  AND c.relowner <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
UNION ALL
SELECT 'type', n.nspname, t.typname, NULL, NULL,
  (jsonb_build_array(
    CASE WHEN t.typowner <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
      THEN format('ALTER TYPE %I.%I OWNER TO %I', n.nspname, t.typname, pg_get_userbyid(t.typowner)) END,
    CASE WHEN t.typacl IS NOT NULL
      AND NOT EXISTS (SELECT FROM aclexplode(t.typacl) acl WHERE acl.grantee = 0)
      THEN format('REVOKE ALL ON TYPE %I.%I FROM PUBLIC', n.nspname, t.typname) END)
  || coalesce((
    SELECT jsonb_agg(DISTINCT format('REVOKE ALL ON TYPE %I.%I FROM %s', n.nspname, t.typname, g.role))
    FROM given g
    WHERE g.kind = 'T' AND g.namespace IN (0, t.typnamespace) AND g.role IS NOT NULL), '[]')
  || jsonb_build_array(
    CASE WHEN EXISTS (SELECT FROM given g WHERE g.kind = 'T')
      AND (t.typacl IS NULL OR EXISTS (SELECT FROM aclexplode(t.typacl) acl WHERE acl.grantee = 0))
      THEN format('GRANT USAGE ON TYPE %I.%I TO PUBLIC', n.nspname, t.typname) END)
  || coalesce((
    SELECT jsonb_agg(format('GRANT USAGE ON TYPE %I.%I TO %I%s', n.nspname, t.typname,
      pg_get_userbyid(acl.grantee), CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' END)
      ORDER BY acl.grantee)
    FROM aclexplode(t.typacl) acl WHERE acl.grantee NOT IN (0, t.typowner)), '[]')
  || coalesce((
    SELECT jsonb_agg(format('REVOKE %s ON TYPE %I.%I FROM %I', d.privilege_type, n.nspname, t.typname,
      pg_get_userbyid(d.grantee)) ORDER BY d.privilege_type)
    FROM aclexplode(acldefault('T', t.typowner)) d
    WHERE t.typacl IS NOT NULL AND d.grantee = t.typowner AND NOT EXISTS (
      SELECT FROM aclexplode(t.typacl) acl
      WHERE acl.grantee = t.typowner AND acl.privilege_type = d.privilege_type)), '[]')
  )::text
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_class rel ON rel.oid = t.typrelid
WHERE {namespaces} AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND rel.relkind = 'c')
  AND (t.typacl IS NOT NULL OR EXISTS (SELECT FROM given g WHERE g.kind = 'T')
    OR t.typowner <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user))
UNION ALL
SELECT 'column', n.nspname, c.relname, a.attname, NULL,
  (SELECT json_agg(format('GRANT %s (%I) ON %I.%I TO %s%s', acl.privilege_type, a.attname,
      n.nspname, c.relname,
      CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END,
      CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' END)
      ORDER BY acl.grantee, acl.privilege_type)
    FROM aclexplode(a.attacl) acl)::text
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {namespaces} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
  AND a.attacl IS NOT NULL
UNION ALL
SELECT 'table', n.nspname, c.relname, NULL, NULL,
  (jsonb_build_array(
    CASE WHEN c.relowner <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
      THEN format('ALTER TABLE %I.%I OWNER TO %I', n.nspname, c.relname, pg_get_userbyid(c.relowner)) END)
  || coalesce((
    SELECT jsonb_agg(DISTINCT format('REVOKE ALL ON %I.%I FROM %s', n.nspname, c.relname, g.role))
    FROM given g
    WHERE g.kind = 'r' AND g.namespace IN (0, c.relnamespace) AND g.role IS NOT NULL), '[]')
  || coalesce((
    SELECT jsonb_agg(format('GRANT %s ON %I.%I TO %s%s', acl.privilege_type, n.nspname, c.relname,
      CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END,
      CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' END)
      ORDER BY acl.grantee, acl.privilege_type)
    FROM aclexplode(c.relacl) acl WHERE acl.grantee <> c.relowner), '[]')
  || coalesce((
    SELECT jsonb_agg(format('REVOKE %s ON %I.%I FROM %I', d.privilege_type, n.nspname, c.relname,
      pg_get_userbyid(d.grantee)) ORDER BY d.privilege_type)
    FROM aclexplode(acldefault('r', c.relowner)) d
    WHERE c.relacl IS NOT NULL AND d.grantee = c.relowner AND NOT EXISTS (
      SELECT FROM aclexplode(c.relacl) acl
      WHERE acl.grantee = c.relowner AND acl.privilege_type = d.privilege_type)), '[]')
  || coalesce((
    SELECT jsonb_agg(format('ALTER PUBLICATION %I ADD TABLE %I.%I', p.pubname, n.nspname, c.relname)
      ORDER BY p.pubname)
    FROM pg_publication_rel pr
    JOIN pg_publication p ON p.oid = pr.prpubid
    WHERE pr.prrelid = c.oid
    /*>=15*/ AND pr.prqual IS NULL AND pr.prattrs IS NULL
    ), '[]'))::text
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {namespaces} AND c.relkind = 'p'
