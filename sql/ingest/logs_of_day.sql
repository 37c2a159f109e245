-- The ledger of the logs that begin on a day: each log with an event is counted on one day.
SELECT
  CAST(COALESCE(SUM(duplicates), 0) AS BIGINT) AS duplicates,
  CAST(COALESCE(SUM(dead_letters), 0) AS BIGINT) AS dead_letters,
  CAST(COALESCE(SUM(bytes_read), 0) AS BIGINT) AS bytes
FROM logs
WHERE first_event_at >= :day_start AND first_event_at < :day_end
