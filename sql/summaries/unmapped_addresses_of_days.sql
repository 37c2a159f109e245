-- The source addresses of the events of some days that wait in the queue, as far as they have no row in `addresses` yet.
SELECT texts.id AS ip_id, texts.text AS address, NULL AS network_id, FALSE AS mapped
FROM (
  SELECT DISTINCT e.src_ip_id
  FROM (
    SELECT event_day, MIN(first_event_id) AS first_event_id
    FROM waiting_sessions
    WHERE event_day IN :days AND first_event_id IS NOT NULL
    GROUP BY event_day
  ) AS waiting
  CROSS JOIN events AS e -- looked up by event_day = waiting.event_day AND id >= waiting.first_event_id
  WHERE e.event_day = waiting.event_day AND e.id >= waiting.first_event_id AND e.session_ref IS NOT NULL
) AS seen
JOIN texts ON texts.id = seen.src_ip_id
LEFT JOIN addresses ON addresses.ip_id = seen.src_ip_id
WHERE addresses.ip_id IS NULL
