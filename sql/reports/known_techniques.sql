-- The techniques that were seen before the period, or in so many days before it.
SELECT DISTINCT r.technique_id
FROM technique_rules AS r
WHERE EXISTS (
  SELECT 1
  FROM sightings AS earlier
  WHERE earlier.kind = {technique_kind} AND earlier.value_id = r.technique_id AND earlier.sensor_id = :sensor_id
    AND earlier.session_day >= :known_from AND earlier.session_day + 0 < :start_day
  LIMIT 1 OFFSET 0
)
