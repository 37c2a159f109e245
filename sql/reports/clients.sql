-- Sessions by the client's HASSH and by its version. Rows as in credentials.sql, and so the pairs of ids; 0 is none.
WITH clients AS MATERIALIZED (
  SELECT pair / 4294967296 AS hassh_id, pair % 4294967296 AS client_version_id, sessions
  FROM (
    SELECT COALESCE(s.hassh_id, 0) * 4294967296 + COALESCE(s.client_version_id, 0) AS pair, COUNT(*) AS sessions
    FROM session_facts AS s
    WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    GROUP BY COALESCE(s.hassh_id, 0) * 4294967296 + COALESCE(s.client_version_id, 0)
  ) AS pairs
),
hasshes AS MATERIALIZED (
  SELECT hassh_id, CAST(SUM(sessions) AS BIGINT) AS sessions FROM clients WHERE hassh_id <> 0 GROUP BY hassh_id
),
new_hasshes AS MATERIALIZED (
  SELECT hasshes.hassh_id, hasshes.sessions
  FROM hasshes
  WHERE NOT EXISTS (
    SELECT 1
    FROM sightings AS earlier
    WHERE earlier.kind = {hassh_kind} AND earlier.value_id = hasshes.hassh_id AND earlier.sensor_id = :sensor_id
      AND earlier.session_day >= :known_from AND earlier.session_day + 0 < :start_day
    LIMIT 1 OFFSET 0
  )
),
versions AS MATERIALIZED (
  SELECT client_version_id, CAST(SUM(sessions) AS BIGINT) AS sessions
  FROM clients
  WHERE client_version_id <> 0
  GROUP BY client_version_id
)
SELECT 'top_hassh' AS item, texts.text AS value, hasshes.sessions AS number
FROM hasshes
JOIN texts ON texts.id = hasshes.hassh_id
WHERE hasshes.sessions >= (SELECT MIN(sessions) FROM (SELECT sessions FROM hasshes ORDER BY sessions DESC LIMIT :top) AS best)
UNION ALL
SELECT 'top_versions', texts.text, versions.sessions
FROM versions
JOIN texts ON texts.id = versions.client_version_id
WHERE versions.sessions >= (SELECT MIN(sessions) FROM (SELECT sessions FROM versions ORDER BY sessions DESC LIMIT :top) AS best)
UNION ALL
SELECT 'new_hassh', NULL, COUNT(*) FROM new_hasshes
UNION ALL
SELECT 'new_hassh', texts.text, new_hasshes.sessions
FROM new_hasshes
JOIN texts ON texts.id = new_hasshes.hassh_id
WHERE new_hasshes.sessions >= (SELECT MIN(sessions) FROM (SELECT sessions FROM new_hasshes ORDER BY sessions DESC LIMIT :top) AS best)
