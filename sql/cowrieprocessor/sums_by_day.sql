-- What the sessions of each day sum up to; of one sensor where that is given.
SELECT
  session_day,
  COUNT(*) AS sessions,
  CAST(SUM(event_count) AS BIGINT) AS events,
  CAST(SUM(command_count) AS BIGINT) AS commands,
  CAST(SUM(login_successes + login_failures) AS BIGINT) AS login_attempts,
  CAST(SUM(file_downloads) AS BIGINT) AS file_downloads
FROM session_facts
WHERE session_day BETWEEN :first_day AND :last_day AND (:sensor_id = 0 OR sensor_id = :sensor_id)
GROUP BY session_day
ORDER BY session_day
