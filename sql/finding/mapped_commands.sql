-- How many commands the sessions of some days typed, and of how many no rule maps them to a technique: in all, and different ones.
SELECT
  COALESCE(SUM(c.occurrences), 0) AS commands,
  COUNT(DISTINCT c.command_id) AS different,
  COALESCE(SUM(CASE WHEN NOT EXISTS (SELECT 1 FROM command_techniques AS t WHERE t.command_id = c.command_id) THEN c.occurrences END), 0) AS unmapped,
  COUNT(DISTINCT CASE WHEN NOT EXISTS (SELECT 1 FROM command_techniques AS t WHERE t.command_id = c.command_id) THEN c.command_id END)
    AS different_unmapped
FROM session_facts AS s
JOIN command_facts AS c -- looked up by session_ref = s.session_ref
  ON c.session_ref = s.session_ref
WHERE s.session_day >= :first_day AND s.session_day <= :last_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
