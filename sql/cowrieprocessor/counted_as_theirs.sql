-- The events of the sessions of each day counted as cowrieprocessor counts: by words in an event's type, whatever the event means.
-- No event of a session lies on a day before the session's; the last one's day bounds the days that are gone through.
SELECT
  counted.session_day AS session_day,
  CAST(SUM(counted.events) AS BIGINT) AS events,
  CAST(SUM(CASE WHEN types.name LIKE '%command%' THEN counted.events ELSE 0 END) AS BIGINT) AS commands,
  CAST(SUM(CASE WHEN types.name LIKE '%login%' THEN counted.events ELSE 0 END) AS BIGINT) AS login_attempts,
  CAST(
    SUM(CASE WHEN types.name LIKE '%file_download%' OR types.name LIKE '%cowrie.session.file%' THEN counted.events ELSE 0 END)
    AS BIGINT
  ) AS file_downloads
FROM (
  SELECT s.session_day AS session_day, e.event_type_id AS event_type_id, COUNT(*) AS events
  FROM events AS e
  CROSS JOIN session_facts AS s
  WHERE e.event_day BETWEEN :first_day AND (
      SELECT MAX(last_event_at) / 86400000000 FROM session_facts WHERE session_day BETWEEN :first_day AND :last_day
    )
    AND s.session_ref = e.session_ref
    AND s.session_day BETWEEN :first_day AND :last_day
    AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  GROUP BY s.session_day, e.event_type_id
) AS counted
JOIN event_types AS types ON types.id = counted.event_type_id
GROUP BY counted.session_day
ORDER BY counted.session_day
