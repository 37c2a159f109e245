-- Values that the scope saw in the period and on no day before it, from `known_from` on. Rows as in credentials.sql; the number named as a list is
-- how many there are. What a value counts is looked up for new ones only; a kind that has none costs nothing.
WITH fresh AS MATERIALIZED (
  SELECT seen.kind, seen.value_id
  FROM (
    SELECT DISTINCT sightings.kind, sightings.value_id
    FROM sightings
    WHERE sightings.session_day >= :start_day AND sightings.session_day < :end_day AND sightings.sensor_id = :sensor_id
  ) AS seen
  WHERE NOT EXISTS (
    SELECT 1
    FROM sightings AS earlier
    WHERE earlier.kind = seen.kind AND earlier.value_id = seen.value_id AND earlier.sensor_id = :sensor_id
      AND earlier.session_day >= :known_from AND earlier.session_day < :start_day
  )
),
stored AS MATERIALIZED (
  SELECT f.shasum_id, f.url_id, f.downloads, f.uploads
  FROM session_facts AS s
  JOIN file_facts AS f ON f.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.file_downloads + s.file_uploads > 0
    AND EXISTS (SELECT 1 FROM fresh WHERE kind IN (:hash_kind, :url_kind))
),
counted AS MATERIALIZED (
  SELECT 'hashes' AS item, shasum_id AS value_id, CAST(SUM(downloads + uploads) AS BIGINT) AS number
  FROM stored
  WHERE shasum_id IN (SELECT value_id FROM fresh WHERE kind = :hash_kind)
  GROUP BY shasum_id
  UNION ALL
  SELECT 'urls', url_id, CAST(SUM(downloads) AS BIGINT)
  FROM stored
  WHERE url_id IN (SELECT value_id FROM fresh WHERE kind = :url_kind)
  GROUP BY url_id
  UNION ALL
  SELECT 'commands', commands.normalized_id, CAST(SUM(c.occurrences) AS BIGINT)
  FROM session_facts AS s
  JOIN command_facts AS c ON c.session_ref = s.session_ref
  JOIN commands ON commands.command_id = c.command_id
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.command_count > 0
    AND commands.normalized_id IN (SELECT value_id FROM fresh WHERE kind = :command_kind)
    AND EXISTS (SELECT 1 FROM fresh WHERE kind = :command_kind)
  GROUP BY commands.normalized_id
  UNION ALL
  SELECT 'passwords', l.password_id, CAST(SUM(l.attempts) AS BIGINT)
  FROM session_facts AS s
  JOIN login_facts AS l ON l.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND l.password_id IN (SELECT value_id FROM fresh WHERE kind = :password_kind)
    AND EXISTS (SELECT 1 FROM fresh WHERE kind = :password_kind)
  GROUP BY l.password_id
  UNION ALL
  SELECT 'hassh', s.hassh_id, COUNT(*)
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.hassh_id IN (SELECT value_id FROM fresh WHERE kind = :hassh_kind)
    AND EXISTS (SELECT 1 FROM fresh WHERE kind = :hassh_kind)
  GROUP BY s.hassh_id
  UNION ALL
  SELECT 'networks', addresses.network_id, COUNT(*)
  FROM session_facts AS s
  JOIN addresses ON addresses.ip_id = s.src_ip_id
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND addresses.network_id IN (SELECT value_id FROM fresh WHERE kind = :network_kind)
    AND EXISTS (SELECT 1 FROM fresh WHERE kind = :network_kind)
  GROUP BY addresses.network_id
),
ranked AS MATERIALIZED (
  SELECT item, value_id, number, RANK() OVER (PARTITION BY item ORDER BY number DESC) AS place FROM counted
)
SELECT kinds.item AS item, NULL AS value, COUNT(fresh.value_id) AS number
FROM (
  SELECT 'hashes' AS item, :hash_kind AS kind
  UNION ALL SELECT 'urls', :url_kind
  UNION ALL SELECT 'commands', :command_kind
  UNION ALL SELECT 'passwords', :password_kind
  UNION ALL SELECT 'hassh', :hassh_kind
  UNION ALL SELECT 'networks', :network_kind
) AS kinds
LEFT JOIN fresh ON fresh.kind = kinds.kind
GROUP BY kinds.item
UNION ALL
SELECT 'malicious_hashes', NULL, COUNT(*)
FROM fresh
JOIN texts ON texts.id = fresh.value_id
JOIN file_verdicts ON file_verdicts.shasum = texts.text
WHERE fresh.kind = :hash_kind AND file_verdicts.malicious = 1
UNION ALL
SELECT ranked.item, texts.text, ranked.number
FROM ranked
JOIN texts ON texts.id = ranked.value_id
WHERE ranked.place <= :top
