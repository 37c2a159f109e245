-- The first sessions of each of some addresses, HASSH and files in the period; all that began with the last of them come along.
-- What a session did is told of the `shown` first ones.
WITH matched AS (
  SELECT 'address' AS kind, s.src_ip_id AS value_id, s.session_ref, s.first_event_at
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND s.src_ip_id IN :addresses
  UNION ALL
  SELECT 'hassh', s.hassh_id, s.session_ref, s.first_event_at
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND s.hassh_id IN :hasshes
  UNION ALL
  SELECT 'file', f.shasum_id, s.session_ref, s.first_event_at
  FROM session_facts AS s
  JOIN file_facts AS f ON f.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND s.file_downloads + s.file_uploads > 0
    AND f.shasum_id IN :files
),
placed AS MATERIALIZED (
  SELECT
    matched.kind,
    matched.value_id,
    matched.session_ref,
    RANK() OVER (PARTITION BY matched.kind, matched.value_id ORDER BY matched.first_event_at) AS place
  FROM matched
)
SELECT
  placed.kind,
  placed.value_id,
  placed.session_ref,
  placed.place,
  sensors.name AS sensor,
  session_keys.session_id,
  src_ip.text AS src_ip,
  s.first_event_at,
  s.duration_us,
  s.login_successes,
  s.command_count,
  s.file_downloads + s.file_uploads AS files
FROM placed
LEFT JOIN session_facts AS s ON s.session_ref = placed.session_ref AND placed.place <= :shown
LEFT JOIN session_keys ON session_keys.id = s.session_ref
LEFT JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS src_ip ON src_ip.id = s.src_ip_id
WHERE placed.place <= :sessions
