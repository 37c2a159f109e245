-- PostgreSQL: the bounds of each partition of `events`, as text: FOR VALUES FROM ('\x6a000000') TO (MAXVALUE).
SELECT pg_get_expr(child.relpartbound, child.oid) AS bounds
FROM pg_inherits
JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent = CAST('events' AS regclass)
