-- Sessions by what they show, and by day: by rule, and by the parts that some rules make up together (a technique, a tactic, any). `first_event_at`
-- is that of the earliest of them.
WITH parts(rule_number, part) AS (VALUES :parts),
shown AS MATERIALIZED (
  SELECT s.session_ref, s.session_day, s.first_event_at, t.rule_number
  FROM session_facts AS s
  JOIN technique_facts AS t -- looked up by session_ref = s.session_ref
    ON t.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
)
SELECT 'rule' AS item, rule_number AS number, session_day, COUNT(*) AS sessions, MIN(first_event_at) AS first_event_at
FROM shown
GROUP BY rule_number, session_day
UNION ALL
SELECT 'part', part, session_day, COUNT(*), MIN(first_event_at)
FROM (
  SELECT DISTINCT parts.part, shown.session_ref, shown.session_day, shown.first_event_at
  FROM shown
  JOIN parts ON parts.rule_number = shown.rule_number
) AS of_parts
GROUP BY part, session_day
