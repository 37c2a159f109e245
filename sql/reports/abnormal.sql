-- The sessions with one of some numbers of commands, or with a file that VirusTotal was first given in the period or within five days of
-- it: those with such a file before the others, then by commands, then by time. All that tie with the last come along: Python orders texts and cuts.
-- CROSS JOIN as in origins.sql.
WITH recent AS MATERIALIZED (
  SELECT DISTINCT f.session_ref
  FROM session_facts AS s
  JOIN file_facts AS f -- looked up by session_ref = s.session_ref
    ON f.session_ref = s.session_ref
  CROSS JOIN virustotal_verdicts AS v
  WHERE :any_recent = 1 AND v.shasum_id = f.shasum_id
    AND s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.file_downloads + s.file_uploads > 0
    AND v.first_seen >= :start_us - 432000000000 AND v.first_seen < :end_us + 432000000000
),
ranked AS (
  SELECT
    s.session_ref,
    s.sensor_id,
    s.src_ip_id,
    s.first_event_at,
    s.command_count,
    CASE WHEN recent.session_ref IS NULL THEN 0 ELSE 1 END AS recent,
    RANK() OVER (
      ORDER BY CASE WHEN recent.session_ref IS NULL THEN 1 ELSE 0 END, s.command_count DESC, s.first_event_at
    ) AS place
  FROM session_facts AS s
  LEFT JOIN recent ON recent.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND (s.command_count IN :command_counts OR recent.session_ref IS NOT NULL)
)
SELECT
  sensors.name AS sensor,
  session_keys.session_id,
  src_ip.text AS src_ip,
  ranked.first_event_at,
  ranked.command_count,
  ranked.recent,
  ranked.place
FROM ranked
JOIN session_keys ON session_keys.id = ranked.session_ref
JOIN sensors ON sensors.id = ranked.sensor_id
LEFT JOIN texts AS src_ip ON src_ip.id = ranked.src_ip_id
WHERE ranked.place <= :most
