-- On which days any sensor ever saw some files, HASSH, addresses and their networks, up to the end of the period.
SELECT
  'file' AS kind,
  value_id,
  MIN(session_day) AS first_day,
  MAX(session_day) AS last_day,
  COUNT(*) AS days,
  CAST(NULL AS BIGINT) AS sessions
FROM sightings
WHERE kind = {hash_kind} AND value_id IN :files AND sensor_id = 0 AND session_day < :end_day
GROUP BY value_id
UNION ALL
SELECT 'hassh', value_id, MIN(session_day), MAX(session_day), COUNT(*), CAST(NULL AS BIGINT)
FROM sightings
WHERE kind = {hassh_kind} AND value_id IN :hasshes AND sensor_id = 0 AND session_day < :end_day
GROUP BY value_id
UNION ALL
SELECT 'address', s.src_ip_id, MIN(s.session_day), MAX(s.session_day), COUNT(DISTINCT s.session_day), COUNT(*)
FROM session_facts AS s
WHERE s.src_ip_id IN :addresses AND s.session_day < :end_day
GROUP BY s.src_ip_id
UNION ALL
SELECT
  'network',
  addresses.ip_id,
  MIN(sightings.session_day),
  MAX(sightings.session_day),
  COUNT(*),
  CAST(NULL AS BIGINT)
FROM addresses
JOIN sightings ON sightings.value_id = addresses.network_id
WHERE addresses.ip_id IN :addresses
  AND sightings.kind = {network_kind} AND sightings.sensor_id = 0 AND sightings.session_day < :end_day
GROUP BY addresses.ip_id
