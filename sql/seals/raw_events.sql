-- The events of a day as a seal has them: of the sessions that began on it, and of no session on the day.
SELECT event_hash, payload
FROM (
  SELECT e.event_hash, e.payload
  FROM session_facts AS s
  CROSS JOIN events AS e
  WHERE e.session_ref = s.session_ref AND s.session_day = :day
  UNION ALL
  SELECT e.event_hash, e.payload
  FROM events AS e
  WHERE e.event_day = :day AND e.session_ref IS NULL
) AS covered
ORDER BY event_hash
