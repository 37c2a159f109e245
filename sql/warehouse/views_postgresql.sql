-- PostgreSQL: each view of ours with the digest of its text.
SELECT relname AS name, obj_description(oid, 'pg_class') AS text
FROM pg_class
WHERE relkind = 'v' AND pg_table_is_visible(oid) AND obj_description(oid, 'pg_class') LIKE 'cowrie_assets %'
