-- What came from some addresses, told by the digests of their texts: a row for each. `files` is its different SHA-256.
WITH asked AS MATERIALIZED (
  SELECT id FROM texts WHERE digest IN :digests
),
came AS MATERIALIZED (
  SELECT
    s.session_ref,
    s.src_ip_id,
    s.first_event_at,
    s.last_event_at,
    s.login_successes,
    s.login_failures,
    s.command_count,
    s.file_downloads,
    s.file_uploads
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.src_ip_id IN (SELECT id FROM asked)
),
files AS MATERIALIZED (
  SELECT came.src_ip_id, COUNT(DISTINCT f.shasum_id) AS files
  FROM came
  JOIN file_facts AS f -- looked up by session_ref = came.session_ref
    ON f.session_ref = came.session_ref
  WHERE came.file_downloads + came.file_uploads > 0
  GROUP BY came.src_ip_id
)
SELECT
  ip.text AS address,
  network.text AS network,
  counted.*,
  COALESCE(files.files, 0) AS files
FROM (
  SELECT
    came.src_ip_id,
    COUNT(*) AS sessions,
    MIN(came.first_event_at) AS first_event_at,
    MAX(came.last_event_at) AS last_event_at,
    CAST(SUM(came.login_successes + came.login_failures) AS BIGINT) AS login_attempts,
    CAST(SUM(came.login_successes) AS BIGINT) AS login_successes,
    CAST(SUM(came.command_count) AS BIGINT) AS commands
  FROM came
  GROUP BY came.src_ip_id
) AS counted
JOIN texts AS ip ON ip.id = counted.src_ip_id
LEFT JOIN addresses ON addresses.ip_id = counted.src_ip_id
LEFT JOIN texts AS network ON network.id = addresses.network_id
LEFT JOIN files ON files.src_ip_id = counted.src_ip_id
