-- "`lines = events inserted + duplicates + dead letters + blank`", for each log.
SELECT path, lines, events, duplicates, dead_letters, blank
FROM logs
WHERE lines <> events + duplicates + dead_letters + blank OR duplicates < 0
