-- "`lines = events inserted + duplicates + dead letters + blank + archived`", for each log; of some days: for those that have events of them, or
-- none at all.
SELECT
  first_event_at / 86400000000 AS first_day,
  last_event_at / 86400000000 AS last_day,
  sensor_id, path, lines, events, duplicates, dead_letters, blank, archived
FROM logs
WHERE (first_event_at IS NULL OR (last_event_at / 86400000000 >= :first_day AND first_event_at / 86400000000 <= :last_day))
  AND (
    lines <> events + duplicates + dead_letters + blank + archived
    OR events < 0 OR duplicates < 0 OR dead_letters < 0 OR blank < 0 OR archived < 0
  )
