-- Sessions by source address and by the network that it lies in. Rows as in credentials.sql.
-- dshield_flagged is the sessions from an address that DShield lists, by the verdicts of this moment. CROSS JOIN as in origins.sql.
WITH sources AS MATERIALIZED (
  SELECT s.src_ip_id, COUNT(*) AS sessions
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.src_ip_id IS NOT NULL
  GROUP BY s.src_ip_id
),
networks AS MATERIALIZED (
  SELECT addresses.network_id, CAST(SUM(sources.sessions) AS BIGINT) AS sessions
  FROM sources
  JOIN addresses ON addresses.ip_id = sources.src_ip_id
  WHERE addresses.network_id IS NOT NULL
  GROUP BY addresses.network_id
),
new_networks AS MATERIALIZED (
  SELECT networks.network_id, networks.sessions
  FROM networks
  WHERE NOT EXISTS (
    SELECT 1
    FROM sightings AS earlier
    WHERE earlier.kind = {network_kind} AND earlier.value_id = networks.network_id AND earlier.sensor_id = :sensor_id
      AND earlier.session_day >= :known_from AND earlier.session_day + 0 < :start_day
    LIMIT 1 OFFSET 0
  )
)
SELECT 'unique_ips' AS item, NULL AS value, COUNT(*) AS number FROM sources
UNION ALL
SELECT 'unique_networks', NULL, COUNT(*) FROM networks
UNION ALL
SELECT 'dshield_flagged', NULL, CAST(COALESCE(SUM(sources.sessions), 0) AS BIGINT)
FROM sources
CROSS JOIN dshield_verdicts AS v
WHERE v.src_ip_id = sources.src_ip_id AND v.listed = 1
UNION ALL
SELECT 'top_ips', texts.text, sources.sessions
FROM sources
JOIN texts ON texts.id = sources.src_ip_id
WHERE sources.sessions >= (SELECT MIN(sessions) FROM (SELECT sessions FROM sources ORDER BY sessions DESC LIMIT :top) AS best)
UNION ALL
SELECT 'top_networks', texts.text, networks.sessions
FROM networks
JOIN texts ON texts.id = networks.network_id
WHERE networks.sessions >= (SELECT MIN(sessions) FROM (SELECT sessions FROM networks ORDER BY sessions DESC LIMIT :top) AS best)
UNION ALL
SELECT 'new_networks', NULL, COUNT(*) FROM new_networks
UNION ALL
SELECT 'new_networks', texts.text, new_networks.sessions
FROM new_networks
JOIN texts ON texts.id = new_networks.network_id
WHERE new_networks.sessions >= (SELECT MIN(sessions) FROM (SELECT sessions FROM new_networks ORDER BY sessions DESC LIMIT :top) AS best)
