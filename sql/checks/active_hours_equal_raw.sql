-- The hours in which a sensor wrote events are those of its events; those of sealed days may be of events that left.
WITH raw AS (
  SELECT DISTINCT CAST((event_at - (event_at % 3600000000 + 3600000000) % 3600000000) / 3600000000 AS INTEGER) AS event_hour, sensor_id
  FROM events
  WHERE event_day BETWEEN :first_day AND :last_day
),

stored AS (
  SELECT event_hour, sensor_id
  FROM active_hours
  WHERE event_hour BETWEEN CAST(:first_day AS BIGINT) * 24 AND CAST(:last_day AS BIGINT) * 24 + 23
)

SELECT event_hour, sensor_id, 'missing' AS problem FROM (SELECT event_hour, sensor_id FROM raw EXCEPT SELECT event_hour, sensor_id FROM stored) AS missing
UNION ALL
SELECT event_hour, sensor_id, 'has no event' FROM (SELECT event_hour, sensor_id FROM stored EXCEPT SELECT event_hour, sensor_id FROM raw) AS wrong
WHERE NOT EXISTS (SELECT 1 FROM seals WHERE wrong.event_hour >= CAST(seals.session_day AS BIGINT) * 24 AND wrong.event_hour < CAST(seals.session_day AS BIGINT) * 24 + 24)
  AND NOT EXISTS (SELECT 1 FROM sealed_hours WHERE sealed_hours.event_hour = wrong.event_hour AND sealed_hours.sensor_id = wrong.sensor_id)
