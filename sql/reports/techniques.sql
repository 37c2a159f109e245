-- Sessions by the rules that they match together, as their numbers between spaces in any order, by day and sensor. `first_event_at` is that of the earliest.
-- Sessions are grouped in the order of the index: SQLite sorts nothing for it. Most sessions match the same few rules: what each rule, technique or tactic comes to is told from these rows.
SELECT rules, session_day, COUNT(*) AS sessions, MIN(first_event_at) AS first_event_at, sensor_id
FROM (
  SELECT
    s.session_day,
    s.sensor_id,
    s.first_event_at,
    STRING_AGG(CAST(t.rule_number AS TEXT), ' ') AS rules
  FROM session_facts AS s
  JOIN technique_facts AS t -- looked up by session_ref = s.session_ref
    ON t.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  GROUP BY s.session_day, s.sensor_id, s.session_ref
) AS matching
GROUP BY session_day, sensor_id, rules
