-- What the default privileges of the one who reads give to anything new, by kind.
given AS (
  SELECT d.defaclobjtype AS kind, d.defaclnamespace AS namespace,
    CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END AS role
  FROM pg_default_acl d
  LEFT JOIN LATERAL aclexplode(d.defaclacl) acl ON acl.grantee <> d.defaclrole
  WHERE d.defaclrole = (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
)
