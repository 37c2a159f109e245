SELECT relname AS name, pg_total_relation_size(oid) AS bytes
FROM pg_class
WHERE relname IN :names AND relkind IN ('r', 'p') AND pg_table_is_visible(oid)
