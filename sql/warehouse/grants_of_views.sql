-- PostgreSQL: what others than its owner may do with each of the views, as the statements that allow it.
SELECT
  c.relname AS view,
  format(
    'GRANT %s ON %I TO %s%s',
    granted.privilege_type,
    c.relname,
    CASE WHEN granted.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(granted.grantee)) END,
    CASE WHEN granted.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
  ) AS sql
FROM pg_class AS c
CROSS JOIN LATERAL aclexplode(c.relacl) AS granted
WHERE c.relkind = 'v'
  AND pg_table_is_visible(c.oid)
  AND c.relname = ANY(:views)
  AND granted.grantee <> c.relowner
ORDER BY 2
