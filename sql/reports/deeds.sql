-- What tells of some sessions: of each the file (a new one before the others, then the earliest), the command with the highest risk in its normal
-- form (then the earliest), and the tunnel target that it asked for most. What ties goes as it sorts as stored.
-- Trivial files tell nothing. A file is told by its url, else by its name, else by its SHA-256.
WITH trivial(shasum_id) AS (VALUES :trivial),
stored AS (
  SELECT
    f.session_ref,
    f.shasum_id,
    f.url_id,
    f.filename_id,
    f.first_seen,
    CASE
      WHEN EXISTS (
        SELECT 1
        FROM sightings AS earlier
        WHERE earlier.kind = {hash_kind} AND earlier.value_id = f.shasum_id AND earlier.sensor_id = :sensor_id
          AND earlier.session_day >= :known_from AND earlier.session_day + 0 < :start_day
        LIMIT 1 OFFSET 0
      ) THEN 'file'
      ELSE 'new_file'
    END AS kind
  FROM file_facts AS f
  WHERE f.session_ref IN :sessions AND f.shasum_id NOT IN (SELECT trivial.shasum_id FROM trivial)
),
asked AS (
  SELECT e.session_ref, e.tunnel_target_id, COUNT(*) AS requests
  FROM events AS e
  WHERE e.session_ref IN :sessions AND e.tunnel_target_id IS NOT NULL
  GROUP BY e.session_ref, e.tunnel_target_id
  UNION ALL
  SELECT session_ref, tunnel_target_id, requests
  FROM sealed_tunnels
  WHERE session_ref IN :sessions
)
SELECT deeds.session_ref, deeds.kind, deeds.value
FROM (
  SELECT
    stored.session_ref,
    stored.kind,
    COALESCE(url.text, filename.text, shasum.text) AS value,
    1 AS part,
    ROW_NUMBER() OVER (
      PARTITION BY stored.session_ref
      ORDER BY CASE stored.kind WHEN 'new_file' THEN 0 ELSE 1 END, stored.first_seen, shasum.text
    ) AS place
  FROM stored
  JOIN texts AS shasum ON shasum.id = stored.shasum_id
  LEFT JOIN texts AS url ON url.id = stored.url_id
  LEFT JOIN texts AS filename ON filename.id = stored.filename_id
  UNION ALL
  SELECT
    c.session_ref,
    'command',
    normalized.text,
    2,
    ROW_NUMBER() OVER (PARTITION BY c.session_ref ORDER BY commands.risk_score DESC, c.first_seen, typed.text)
  FROM command_facts AS c
  JOIN commands ON commands.command_id = c.command_id
  JOIN texts AS typed ON typed.id = c.command_id
  JOIN texts AS normalized ON normalized.id = commands.normalized_id
  WHERE c.session_ref IN :sessions
  UNION ALL
  SELECT
    asked.session_ref,
    'tunnel',
    target.text,
    3,
    ROW_NUMBER() OVER (PARTITION BY asked.session_ref ORDER BY asked.requests DESC, target.text)
  FROM asked
  JOIN texts AS target ON target.id = asked.tunnel_target_id
) AS deeds
WHERE deeds.place = 1
ORDER BY deeds.session_ref, deeds.part
