SELECT n.nspname || '.' || c.relname AS name
FROM pg_catalog.pg_class AS c
INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
    AND LEFT(n.nspname, 3) <> 'pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS ( -- what belongs to an extension is not dumped
        SELECT 1
        FROM pg_catalog.pg_depend AS d
        WHERE d.objid = c.oid AND d.deptype = 'e'
    )
ORDER BY name
