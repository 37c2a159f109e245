-- The techniques of a session are those that its commands and its counts show, from when to when these say, each by a command that shows it then.
WITH facts AS (
  SELECT session_ref, session_day, first_event_at, last_event_at, login_failures, login_successes, file_downloads, file_downloads_failed, file_uploads,
    tunnel_requests
  FROM session_facts
  WHERE session_day BETWEEN :first_day AND :last_day
),

shown AS (
  SELECT facts.session_ref, m.rule_number, c.first_seen, c.last_seen, m.needs_other
  FROM facts
  CROSS JOIN command_facts AS c
  CROSS JOIN command_techniques AS m
  WHERE c.session_ref = facts.session_ref AND m.command_id = c.command_id
),

before AS (
  SELECT shown.session_ref, technique_orders.rule_number, MIN(shown.first_seen) AS first_seen
  FROM shown
  JOIN technique_orders ON technique_orders.after_number = shown.rule_number
  GROUP BY shown.session_ref, technique_orders.rule_number
),

due AS (
  SELECT
    shown.session_ref,
    shown.rule_number,
    MIN(CASE WHEN shown.needs_other = 1 AND shown.first_seen <= before.first_seen THEN shown.last_seen ELSE shown.first_seen END) AS first_seen,
    MAX(shown.last_seen) AS last_seen
  FROM shown
  LEFT JOIN before ON before.session_ref = shown.session_ref AND before.rule_number = shown.rule_number
  WHERE shown.needs_other = 0 OR shown.last_seen > before.first_seen
  GROUP BY shown.session_ref, shown.rule_number
  UNION ALL
  SELECT DISTINCT facts.session_ref, technique_counts.rule_number, facts.first_event_at, facts.last_event_at
  FROM facts
  JOIN technique_counts ON technique_counts.at_least <= CASE technique_counts.counted
    WHEN 'login_failures' THEN facts.login_failures
    WHEN 'login_successes' THEN facts.login_successes
    WHEN 'file_downloads' THEN facts.file_downloads
    WHEN 'file_downloads_failed' THEN facts.file_downloads_failed
    WHEN 'file_uploads' THEN facts.file_uploads
    WHEN 'tunnel_requests' THEN facts.tunnel_requests
  END
),

stored AS (
  SELECT t.session_ref, t.rule_number, t.first_seen, t.last_seen, t.evidence_id
  FROM facts
  CROSS JOIN technique_facts AS t
  WHERE t.session_ref = facts.session_ref
),

wrong AS (
  SELECT session_ref, rule_number, 'missing' AS problem
  FROM (
    SELECT session_ref, rule_number, first_seen, last_seen FROM due
    EXCEPT
    SELECT session_ref, rule_number, first_seen, last_seen FROM stored
  ) AS missing
  UNION ALL
  SELECT session_ref, rule_number, 'not shown'
  FROM (
    SELECT session_ref, rule_number, first_seen, last_seen FROM stored
    EXCEPT
    SELECT session_ref, rule_number, first_seen, last_seen FROM due
  ) AS excess
  UNION ALL
  SELECT stored.session_ref, stored.rule_number, 'by another command'
  FROM stored
  LEFT JOIN command_facts AS c ON c.session_ref = stored.session_ref AND c.command_id = stored.evidence_id
  LEFT JOIN command_techniques AS m ON m.command_id = stored.evidence_id AND m.rule_number = stored.rule_number
  WHERE CASE
    WHEN stored.rule_number IN (SELECT rule_number FROM technique_counts) THEN stored.evidence_id IS NOT NULL
    ELSE m.command_id IS NULL OR c.command_id IS NULL OR stored.first_seen NOT IN (c.first_seen, c.last_seen)
  END
)

SELECT
  (SELECT facts.session_day FROM facts WHERE facts.session_ref = wrong.session_ref) AS session_day,
  wrong.session_ref AS session_ref,
  (SELECT texts.text FROM technique_rules JOIN texts ON texts.id = technique_rules.rule_id WHERE technique_rules.id = wrong.rule_number) AS rule,
  wrong.problem AS problem
FROM wrong
UNION ALL
SELECT MIN(t.first_seen) / 86400000000, t.session_ref, NULL, 'of no session'
FROM technique_facts AS t
LEFT JOIN session_facts AS s ON s.session_ref = t.session_ref
WHERE s.session_ref IS NULL AND :first_day = -2147483648 -- rows of no session belong to no day: sought when all days are
GROUP BY t.session_ref
