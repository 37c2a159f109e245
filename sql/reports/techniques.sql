-- Sessions by the rules that they match together, as their numbers between spaces in any order, and by day. `first_event_at` is that of the earliest.
-- Most sessions match the same few rules: what each rule, technique or tactic comes to is told from these rows.
SELECT rules, session_day, COUNT(*) AS sessions, MIN(first_event_at) AS first_event_at
FROM (
  SELECT
    s.session_day,
    s.first_event_at,
    (SELECT STRING_AGG(CAST(t.rule_number AS TEXT), ' ') FROM technique_facts AS t WHERE t.session_ref = s.session_ref) AS rules
  FROM session_facts AS s
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
) AS matching
WHERE rules IS NOT NULL
GROUP BY session_day, rules
