-- "`lines = events inserted + duplicates + dead letters + blank`", for each log.
SELECT path, lines, events, duplicates, dead_letters, blank
FROM logs
WHERE lines <> events + duplicates + dead_letters + blank
  OR events < 0 OR duplicates < 0 OR dead_letters < 0 OR blank < 0
