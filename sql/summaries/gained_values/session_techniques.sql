-- What the techniques of `changed`, which were put in, bring to the sightings of their sessions' days.
INSERT INTO gained_sightings (session_day, kind, value_id, sensor_id)
SELECT DISTINCT s.session_day, {technique_kind}, technique_rules.technique_id, s.sensor_id
FROM changed
JOIN session_facts AS s -- looked up by session_ref = changed.session_ref
  ON s.session_ref = changed.session_ref
JOIN technique_rules ON technique_rules.id = changed.rule_number
