-- The source addresses of a day's events that the summaries have not taken in, where they have no row in `addresses`. An event of a day that is
-- made anew as a whole has no number to begin with.
SELECT ip.id AS ip_id, ip.text AS address, NULL AS network_id, FALSE AS mapped
FROM (
  SELECT DISTINCT src_ip_id
  FROM events
  WHERE event_day = :day AND src_ip_id IS NOT NULL AND id >= (
    SELECT MIN(COALESCE(first_event_id, 0)) FROM waiting_sessions WHERE event_day = :day
  )
) AS seen
JOIN texts AS ip -- looked up by id = seen.src_ip_id
  ON ip.id = seen.src_ip_id
WHERE NOT EXISTS (SELECT 1 FROM addresses WHERE addresses.ip_id = seen.src_ip_id LIMIT 1 OFFSET 0)
