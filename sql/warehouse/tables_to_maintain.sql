-- PostgreSQL: the tables of this warehouse of which a tenth, and :least rows at least, are dead, or were changed since the planner's statistics were taken, and
-- those without statistics. The server never takes any of a partitioned table by itself: they are old where a partition has some that are an hour newer.
WITH tables AS (
  SELECT
    s.relid,
    quote_ident(s.schemaname) || '.' || quote_ident(s.relname) AS name,
    c.relkind = 'p' AS is_partitioned,
    s.n_dead_tup >= GREATEST(:least, s.n_live_tup / 10) AS has_dead_rows,
    s.n_mod_since_analyze >= GREATEST(:least, s.n_live_tup / 10) AS has_changed,
    GREATEST(s.last_analyze, s.last_autoanalyze) AS analyzed_at
  FROM pg_stat_user_tables AS s
  INNER JOIN pg_class AS c ON c.oid = s.relid
  WHERE s.schemaname = current_schema() AND pg_has_role(c.relowner, 'USAGE')
)
SELECT
  t.name,
  t.has_dead_rows AND NOT t.is_partitioned AS has_dead_rows
FROM tables AS t
WHERE t.has_dead_rows
  OR t.has_changed
  OR t.analyzed_at IS NULL
  OR EXISTS (
    SELECT 1
    FROM pg_inherits AS i
    INNER JOIN tables AS p ON p.relid = i.inhrelid
    WHERE i.inhparent = t.relid AND p.analyzed_at > t.analyzed_at + INTERVAL '1 hour'
  )
ORDER BY t.is_partitioned, t.name
