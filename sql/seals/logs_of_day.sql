-- How many of a sealed day's events each log brought, and on which days they lie.
SELECT log_id, event_day, COUNT(*) AS events
FROM (
  SELECT e.log_id, e.event_day
  FROM session_facts AS s
  CROSS JOIN events AS e
  WHERE e.session_ref = s.session_ref AND s.session_day = :day
  UNION ALL
  SELECT e.log_id, e.event_day
  FROM events AS e
  WHERE e.event_day = :day AND e.session_ref IS NULL
) AS covered
GROUP BY log_id, event_day
