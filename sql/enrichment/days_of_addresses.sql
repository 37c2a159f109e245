-- The session days on which a sensor (0: any) saw one of some addresses: from a day to the next, so an address with a million sessions on a day costs one
-- look-up for it. Of a day those sensors are asked that saw its network; LIMIT 1 OFFSET 0: PostgreSQL looks each of them up.
WITH RECURSIVE seen(src_ip_id, session_day) AS (
  SELECT texts.id, (SELECT MIN(s.session_day) FROM session_facts AS s WHERE s.src_ip_id = texts.id)
  FROM texts
  WHERE texts.id IN :values
  UNION ALL
  SELECT
    seen.src_ip_id,
    (SELECT MIN(s.session_day) FROM session_facts AS s WHERE s.src_ip_id = seen.src_ip_id AND s.session_day > seen.session_day)
  FROM seen
  WHERE seen.session_day IS NOT NULL
)
SELECT DISTINCT near.sensor_id, seen.session_day
FROM seen
JOIN addresses ON addresses.ip_id = seen.src_ip_id
JOIN sightings AS near -- looked up by session_day = seen.session_day AND kind = {network_kind} AND value_id = addresses.network_id
  ON near.session_day = seen.session_day AND near.kind = {network_kind} AND near.value_id = addresses.network_id
WHERE near.sensor_id <> 0 AND EXISTS (
  SELECT 1
  FROM session_facts AS s
  WHERE s.src_ip_id = seen.src_ip_id AND s.session_day = seen.session_day AND s.sensor_id = near.sensor_id
  LIMIT 1 OFFSET 0
)
UNION
SELECT 0, seen.session_day FROM seen WHERE seen.session_day IS NOT NULL
