-- What the figures of each day follow from: the versions of its events and of its sessions, and when a log that begins on it was read last.
SELECT
  day,
  MAX(events) AS events,
  MAX(changes) AS changes,
  MAX(reads) AS reads
FROM (
  SELECT event_day AS day, version AS events, 0 AS changes, 0 AS reads FROM event_days
  UNION ALL
  SELECT session_day, 0, version, 0 FROM changed_days
  UNION ALL
  SELECT (first_event_at - (first_event_at % 86400000000 + 86400000000) % 86400000000) / 86400000000, 0, 0, last_ingested_at
  FROM logs
  WHERE first_event_at IS NOT NULL
) AS sources
WHERE day BETWEEN :first_day AND :last_day
GROUP BY day
ORDER BY day
