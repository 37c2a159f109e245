-- The days on which any sensor saw one of some values, the newest first, each with how many sessions it has.
SELECT DISTINCT c.session_day, c.sessions
FROM sightings AS g
JOIN changed_days AS c ON c.session_day = g.session_day
WHERE g.kind = :kind AND g.value_id IN :values AND g.sensor_id = 0
ORDER BY c.session_day DESC
