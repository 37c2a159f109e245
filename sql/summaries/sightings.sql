-- The distinct values that the sessions of a day brought, by sensor, of those in `sighted_sensors`; where 0 is one of these, under 0 those of any.
-- The kinds are those of warehouse.sighting_kinds.SightingKind.
INSERT INTO fresh_sightings (kind, value_id, sensor_id)
WITH seen AS (
  SELECT {session_kind} AS kind, 0 AS value_id, s.sensor_id AS sensor_id
  FROM session_facts AS s
  WHERE s.session_day = :day AND s.sensor_id IN (SELECT sensor_id FROM sighted_sensors)
  UNION
  SELECT {hassh_kind}, s.hassh_id, s.sensor_id
  FROM session_facts AS s
  WHERE s.session_day = :day AND s.sensor_id IN (SELECT sensor_id FROM sighted_sensors) AND s.hassh_id IS NOT NULL
  UNION
  SELECT {network_kind}, addresses.network_id, s.sensor_id
  FROM session_facts AS s
  JOIN addresses ON addresses.ip_id = s.src_ip_id
  WHERE s.session_day = :day AND s.sensor_id IN (SELECT sensor_id FROM sighted_sensors) AND addresses.network_id IS NOT NULL
  UNION
  SELECT {password_kind}, l.password_id, s.sensor_id
  FROM session_facts AS s
  CROSS JOIN login_facts AS l
  WHERE l.session_ref = s.session_ref AND s.session_day = :day AND s.sensor_id IN (SELECT sensor_id FROM sighted_sensors) AND l.password_id <> 0
  UNION
  SELECT {command_kind}, commands.normalized_id, s.sensor_id
  FROM session_facts AS s
  CROSS JOIN command_facts AS c
  JOIN commands ON commands.command_id = c.command_id
  WHERE c.session_ref = s.session_ref AND s.session_day = :day AND s.sensor_id IN (SELECT sensor_id FROM sighted_sensors)
  UNION
  SELECT {hash_kind}, f.shasum_id, s.sensor_id
  FROM session_facts AS s
  CROSS JOIN file_facts AS f
  WHERE f.session_ref = s.session_ref AND s.session_day = :day AND s.sensor_id IN (SELECT sensor_id FROM sighted_sensors)
  UNION
  SELECT {url_kind}, f.url_id, s.sensor_id
  FROM session_facts AS s
  CROSS JOIN file_facts AS f
  WHERE f.session_ref = s.session_ref AND s.session_day = :day AND s.sensor_id IN (SELECT sensor_id FROM sighted_sensors) AND f.url_id IS NOT NULL AND f.downloads > 0
  UNION
  SELECT {technique_kind}, technique_rules.technique_id, s.sensor_id
  FROM session_facts AS s
  CROSS JOIN technique_facts AS t
  JOIN technique_rules ON technique_rules.id = t.rule_number
  WHERE t.session_ref = s.session_ref AND s.session_day = :day AND s.sensor_id IN (SELECT sensor_id FROM sighted_sensors)
)

SELECT kind, value_id, sensor_id FROM seen
UNION ALL
SELECT DISTINCT kind, value_id, 0 FROM seen WHERE EXISTS (SELECT 1 FROM sighted_sensors WHERE sensor_id = 0)
