-- The sessions that stand for the behaviours with the highest scores; sections/interesting.py tells what scores. All that tie come along: Python
-- orders texts and cuts. A behaviour is what was typed, by the sum of the signatures of its normal forms (of `own` where a session's own password
-- is folded), and the files, by their number, the least and the greatest SHA-256: the same on every database. Of commands that came with files of
-- more than `few` kinds the files make no difference ('any'). Of each the session with the most points stands, then the earliest: `place` holds
-- both, points in units of ten million seconds, which no period has.
-- A signature holds a form in its upper bits and its shape, the programs that it runs, in the 27 lower ones. Of the behaviours that brought a new file
-- the best leads, for that file, where few of its shape do; of many the best one alone. Of a shape so many stand in the list (`nth`).
-- The CAST lets SQLite look a command up among many in `own`. IS TRUE keeps either engine from looking for each new file in each session, and `brought`
-- meets behaviours by all their columns, in two halves: ten thousand files that nothing else tells apart are as many rows, not their square.
-- `stored` and `did` are grouped in the order of the index: SQLite sorts nothing for them, and keeps no copy of what is NOT MATERIALIZED. The CROSS
-- JOINs look for each scored session among the few best first.
WITH own_forms(command_id, signature) AS (VALUES :own_forms),
own AS MATERIALIZED (
  SELECT CAST(own_forms.command_id AS BIGINT) AS command_id, own_forms.signature FROM own_forms
),
trivial(value_id) AS (VALUES :trivial),
fresh AS MATERIALIZED (
  SELECT seen.kind, seen.value_id
  FROM (
    SELECT DISTINCT sighted.kind, sighted.value_id
    FROM changed_days AS d
    CROSS JOIN sightings AS sighted -- looked up by session_day = d.session_day AND kind IN ({hash_kind}, {command_kind}) AND sensor_id = :sensor_id
    WHERE d.session_day >= :start_day AND d.session_day < :end_day
      AND sighted.session_day = d.session_day AND sighted.kind IN ({hash_kind}, {command_kind}) AND sighted.sensor_id = :sensor_id
  ) AS seen
  WHERE NOT (seen.kind = {hash_kind} AND seen.value_id IN (SELECT value_id FROM trivial)) AND NOT EXISTS (
    SELECT 1
    FROM sightings AS earlier
    WHERE earlier.kind = seen.kind AND earlier.value_id = seen.value_id AND earlier.sensor_id = :sensor_id
      AND earlier.session_day >= :known_from AND earlier.session_day + 0 < :start_day
    LIMIT 1 OFFSET 0
  )
),
stored AS MATERIALIZED (
  SELECT
    s.session_ref,
    COUNT(*) || ' ' || MIN(shasum.text) || ' ' || MAX(shasum.text) AS files,
    COUNT(*) FILTER (WHERE f.shasum_id IN (SELECT value_id FROM fresh WHERE kind = {hash_kind})) AS new_files,
    COUNT(v.shasum_id) AS malicious_files
  FROM session_facts AS s
  JOIN file_facts AS f -- looked up by session_ref = s.session_ref
    ON f.session_ref = s.session_ref
  JOIN texts AS shasum ON shasum.id = f.shasum_id
  LEFT JOIN virustotal_verdicts AS v ON v.shasum_id = f.shasum_id AND v.malicious = 1
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.file_downloads + s.file_uploads > 0
  GROUP BY s.session_day, s.sensor_id, s.session_ref
),
did AS NOT MATERIALIZED (
  SELECT
    s.session_ref,
    s.first_event_at,
    s.duration_us,
    s.risk_score,
    s.file_downloads,
    s.file_uploads,
    s.tunnel_requests,
    CAST(COALESCE(SUM(DISTINCT COALESCE(own.signature, commands.signature) / 134217728), 0) AS BIGINT) AS signature,
    CAST(COALESCE(SUM(DISTINCT COALESCE(own.signature, commands.signature) & 134217727), 0) AS BIGINT) AS shape,
    COUNT(c.command_id) AS distinct_commands,
    COUNT(*) FILTER (WHERE commands.normalized_id IN (SELECT value_id FROM fresh WHERE kind = {command_kind})) AS new_commands
  FROM session_facts AS s
  LEFT JOIN command_facts AS c -- looked up by session_ref = s.session_ref
    ON c.session_ref = s.session_ref
  LEFT JOIN commands ON commands.command_id = c.command_id
  LEFT JOIN own ON own.command_id = c.command_id
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND (s.login_successes > 0 OR s.command_count > 0 OR s.file_downloads + s.file_uploads > 0 OR s.tunnel_requests > 0)
  GROUP BY s.session_day, s.sensor_id, s.session_ref
),
scored AS MATERIALIZED (
  SELECT
    did.session_ref,
    did.signature,
    did.shape,
    did.distinct_commands,
    did.new_commands,
    COALESCE(stored.files, '') AS files,
    COALESCE(stored.new_files, 0) AS new_files,
    COALESCE(stored.malicious_files, 0) AS malicious_files,
    did.first_event_at - :start_us - 10000000000000 * (
      did.risk_score / :risk_per_point
      + CASE WHEN stored.malicious_files > 0 THEN :points_of_malicious_files ELSE 0 END
      + CASE WHEN stored.new_files > 0 THEN :points_of_new_files + :points_of_leading ELSE 0 END
      + CASE WHEN did.new_commands > 0 THEN :points_of_new_commands ELSE 0 END
      + CASE WHEN did.file_uploads > 0 THEN :points_of_uploads ELSE 0 END
      + CASE WHEN did.file_downloads > 0 THEN :points_of_downloads ELSE 0 END
      + CASE WHEN did.tunnel_requests > 0 THEN :points_of_tunnels ELSE 0 END
      + CASE WHEN did.distinct_commands > :points_of_commands THEN :points_of_commands ELSE did.distinct_commands END
      + CASE
        WHEN did.distinct_commands >= :interactive_commands AND did.duration_us >= :interactive_us THEN :points_of_long_sessions
        ELSE 0
      END
    ) AS place
  FROM did
  LEFT JOIN stored ON stored.session_ref = did.session_ref
),
kinds AS NOT MATERIALIZED (
  SELECT signature, shape, files, COUNT(*) AS alike, MIN(place) AS place, MAX(new_files) AS new_files
  FROM scored
  GROUP BY signature, shape, files
),
kept AS NOT MATERIALIZED (
  SELECT kinds.*, CASE WHEN signature <> 0 AND COUNT(*) OVER (PARTITION BY signature, shape) > :few THEN 'any' ELSE files END AS of_files
  FROM kinds
),
behaviours AS MATERIALIZED (
  SELECT
    signature,
    shape,
    of_files AS files,
    CAST(SUM(alike) AS BIGINT) AS alike,
    MIN(place) AS place,
    MAX(new_files) AS new_files,
    MIN(place) - 10000000000000 * CASE
      WHEN SUM(alike) = 1 THEN :points_of_unlike
      WHEN SUM(alike) <= :few THEN :points_of_few_alike
      ELSE 0
    END AS rank
  FROM kept
  GROUP BY signature, shape, of_files
),
brought AS MATERIALIZED (
  SELECT f.shasum_id, bringing.signature, bringing.shape, bringing.files, bringing.rank
  FROM (
    SELECT scored.session_ref, behaviours.signature, behaviours.shape, behaviours.files, behaviours.rank
    FROM scored
    CROSS JOIN behaviours
    WHERE scored.new_files > 0
      AND behaviours.signature = scored.signature AND behaviours.shape = scored.shape AND behaviours.files = scored.files
    UNION ALL
    SELECT scored.session_ref, behaviours.signature, behaviours.shape, behaviours.files, behaviours.rank
    FROM scored
    CROSS JOIN behaviours
    WHERE scored.new_files > 0
      AND behaviours.signature = scored.signature AND behaviours.shape = scored.shape AND behaviours.files = 'any'
  ) AS bringing
  CROSS JOIN file_facts AS f -- looked up by session_ref = bringing.session_ref
  WHERE f.session_ref = bringing.session_ref AND (f.shasum_id IN (SELECT value_id FROM fresh WHERE kind = {hash_kind})) IS TRUE
),
firsts AS NOT MATERIALIZED (
  SELECT DISTINCT signature, shape, files, rank
  FROM (SELECT brought.*, RANK() OVER (PARTITION BY shasum_id ORDER BY rank) AS of_file FROM brought) AS ranked
  WHERE of_file = 1
),
ordered AS NOT MATERIALIZED (
  SELECT firsts.*, RANK() OVER (PARTITION BY shape ORDER BY rank, signature) AS nth, COUNT(*) OVER (PARTITION BY shape) AS many
  FROM firsts
),
leaders AS MATERIALIZED (
  SELECT signature, shape, files FROM ordered WHERE many <= :few OR nth = 1
),
led AS NOT MATERIALIZED (
  SELECT
    behaviours.signature,
    behaviours.shape,
    behaviours.files,
    behaviours.alike,
    behaviours.place,
    CASE WHEN leaders.files IS NULL THEN 0 ELSE 1 END AS leads,
    behaviours.rank + 10000000000000 * CASE
      WHEN leaders.files IS NULL AND behaviours.new_files > 0 THEN :points_of_leading
      ELSE 0
    END AS rank
  FROM behaviours
  LEFT JOIN leaders ON leaders.signature = behaviours.signature AND leaders.shape = behaviours.shape AND leaders.files = behaviours.files
),
numbered AS NOT MATERIALIZED (
  SELECT led.*, RANK() OVER (PARTITION BY shape ORDER BY rank, signature) AS nth FROM led
),
placed AS NOT MATERIALIZED (
  SELECT numbered.*, RANK() OVER (ORDER BY rank) AS chosen FROM numbered WHERE nth <= :of_shape
),
best AS MATERIALIZED (
  SELECT signature, shape, files, alike, place, rank, leads FROM placed WHERE chosen <= :most
)
SELECT
  s.session_ref,
  sensors.name AS sensor,
  session_keys.session_id,
  src_ip.text AS src_ip,
  protocol.text AS protocol,
  s.first_event_at,
  s.duration_us,
  username.text AS username,
  password.text AS password,
  client_version.text AS client_version,
  s.command_count,
  s.login_successes,
  s.file_downloads,
  s.file_uploads,
  s.tunnel_requests,
  s.risk_score,
  best.alike,
  best.rank,
  best.leads,
  best.signature,
  best.shape,
  best.files,
  scored.distinct_commands,
  scored.new_commands,
  scored.new_files,
  scored.malicious_files,
  campaign_facts.campaign,
  campaign_facts.name AS campaign_name
FROM scored
CROSS JOIN best
CROSS JOIN session_facts AS s
CROSS JOIN session_keys
CROSS JOIN sensors
LEFT JOIN texts AS src_ip ON src_ip.id = s.src_ip_id
LEFT JOIN texts AS protocol ON protocol.id = s.protocol_id
LEFT JOIN texts AS username ON username.id = s.username_id
LEFT JOIN texts AS password ON password.id = s.password_id
LEFT JOIN texts AS client_version ON client_version.id = s.client_version_id
LEFT JOIN session_profiles ON session_profiles.session_ref = s.session_ref
LEFT JOIN profiles ON profiles.id = session_profiles.profile
LEFT JOIN campaign_facts ON campaign_facts.campaign = profiles.campaign
WHERE best.place = scored.place
  AND best.signature = scored.signature
  AND best.shape = scored.shape
  AND best.files IN ('any', scored.files)
  AND s.session_ref = scored.session_ref
  AND session_keys.id = scored.session_ref
  AND sensors.id = s.sensor_id
