-- The values seen on a day, by sensor and by any (0), are those of its sessions; and every source address was looked at for its network.
-- A treated day is remembered by the passwords and networks that a day which is not treated has as they were written.
WITH facts AS (
  SELECT session_ref, session_day, sensor_id, src_ip_id, hassh_id
  FROM session_facts
  WHERE session_day BETWEEN :first_day AND :last_day
),

by_sensor AS (
  SELECT session_day, sensor_id, {session_kind} AS kind, 0 AS value_id FROM facts
  UNION
  SELECT session_day, sensor_id, {hassh_kind}, hassh_id FROM facts WHERE hassh_id IS NOT NULL
  UNION
  SELECT session_day, sensor_id, {network_kind}, network_id
  FROM facts
  JOIN addresses ON addresses.ip_id = facts.src_ip_id
  WHERE network_id IS NOT NULL
  UNION
  SELECT session_day, sensor_id, {password_kind}, password_id
  FROM facts
  JOIN login_facts ON login_facts.session_ref = facts.session_ref
  WHERE password_id <> 0
  UNION
  SELECT session_day, sensor_id, {command_kind}, normalized_id
  FROM facts
  JOIN command_facts ON command_facts.session_ref = facts.session_ref
  JOIN commands ON commands.command_id = command_facts.command_id
  UNION
  SELECT session_day, sensor_id, {hash_kind}, shasum_id
  FROM facts
  JOIN file_facts ON file_facts.session_ref = facts.session_ref
  UNION
  SELECT session_day, sensor_id, {url_kind}, url_id
  FROM facts
  JOIN file_facts ON file_facts.session_ref = facts.session_ref
  WHERE url_id IS NOT NULL AND downloads > 0
  UNION
  SELECT session_day, sensor_id, {technique_kind}, technique_id
  FROM facts
  JOIN technique_facts ON technique_facts.session_ref = facts.session_ref
  JOIN technique_rules ON technique_rules.id = technique_facts.rule_number
),

seen AS (
  SELECT session_day, sensor_id, kind, value_id FROM by_sensor
  UNION
  SELECT session_day, 0, kind, value_id FROM by_sensor
),

stored AS (
  SELECT session_day, sensor_id, kind, value_id FROM sightings WHERE session_day BETWEEN :first_day AND :last_day
)

SELECT session_day, sensor_id, kind, value_id, 'missing' AS problem
FROM (SELECT session_day, sensor_id, kind, value_id FROM seen EXCEPT SELECT session_day, sensor_id, kind, value_id FROM stored) AS missing
UNION ALL
SELECT session_day, sensor_id, kind, value_id, 'not seen'
FROM (SELECT session_day, sensor_id, kind, value_id FROM stored EXCEPT SELECT session_day, sensor_id, kind, value_id FROM seen) AS wrong
WHERE NOT EXISTS (
  SELECT 1
  FROM treated_days AS t
  JOIN sightings AS elsewhere ON elsewhere.session_day NOT IN (SELECT others.session_day FROM treated_days AS others WHERE others.kind = t.kind)
  WHERE
    t.session_day = wrong.session_day
    AND wrong.kind = CASE t.kind WHEN 1 THEN {password_kind} WHEN 2 THEN {network_kind} END
    AND elsewhere.kind = wrong.kind AND elsewhere.value_id = wrong.value_id
)
UNION ALL
SELECT DISTINCT session_day, sensor_id, {network_kind}, src_ip_id, 'address without a network looked up'
FROM facts
LEFT JOIN addresses ON addresses.ip_id = facts.src_ip_id
WHERE facts.src_ip_id IS NOT NULL AND addresses.ip_id IS NULL
