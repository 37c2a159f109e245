-- Sessions by source address. Rows as in credentials.sql.
-- dshield_flagged is the sessions from an address that DShield lists, by the verdicts of this moment.
WITH sources AS MATERIALIZED (
  SELECT s.src_ip_id, COUNT(*) AS sessions
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.src_ip_id IS NOT NULL
  GROUP BY s.src_ip_id
)
SELECT 'unique_ips' AS item, NULL AS value, COUNT(*) AS number FROM sources
UNION ALL
SELECT 'dshield_flagged', NULL, CAST(COALESCE(SUM(sources.sessions), 0) AS BIGINT)
FROM sources
JOIN texts ON texts.id = sources.src_ip_id
JOIN ip_verdicts ON ip_verdicts.ip = texts.text
WHERE ip_verdicts.dshield_flagged = 1
UNION ALL
SELECT 'top_ips', texts.text, sources.sessions
FROM sources
JOIN texts ON texts.id = sources.src_ip_id
WHERE sources.sessions >= (SELECT MIN(sessions) FROM (SELECT sessions FROM sources ORDER BY sessions DESC LIMIT :top) AS best)
