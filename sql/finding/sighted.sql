-- The first and the last day on which any sensor saw a value.
SELECT
  (
    SELECT MIN(g.session_day) FROM sightings AS g WHERE g.kind = :kind AND g.value_id = :value_id AND g.sensor_id = 0
  ) AS first_day,
  (
    SELECT MAX(g.session_day) FROM sightings AS g WHERE g.kind = :kind AND g.value_id = :value_id AND g.sensor_id = 0
  ) AS last_day
