-- On which days any sensor ever saw some files, HASSH, addresses and their networks, up to the end of the period.
-- CROSS JOIN: SQLite looks each network up, instead of going through all that was sighted of networks.
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
  MIN(seen.session_day),
  MAX(seen.session_day),
  COUNT(*),
  CAST(NULL AS BIGINT)
FROM addresses
CROSS JOIN sightings AS seen -- looked up by value_id = addresses.network_id AND kind = {network_kind} AND sensor_id = 0
WHERE addresses.ip_id IN :addresses
  AND seen.value_id = addresses.network_id AND seen.kind = {network_kind} AND seen.sensor_id = 0 AND seen.session_day < :end_day
GROUP BY addresses.ip_id
