-- One row per session of `touched_sessions` and rule of techniques that it matches, from its rows in the other summaries.
--
-- A rule with `needs_other` counts where the command was typed, for the last time at least, behind one that shows what the rule comes after: then
-- it was seen first as that command was first, or where this was earlier, last. Of commands of one moment the evidence is that of the least digest,
-- so that the order of loading does not matter.
WITH shown AS (
  SELECT c.session_ref, m.rule_number, c.command_id, c.first_seen, c.last_seen, m.needs_other
  FROM touched_sessions
  CROSS JOIN command_facts AS c -- looked up by session_ref = touched_sessions.session_ref
  CROSS JOIN command_techniques AS m -- looked up by command_id = c.command_id
  WHERE c.session_ref = touched_sessions.session_ref AND m.command_id = c.command_id
),

before AS (
  SELECT shown.session_ref, technique_orders.rule_number, MIN(shown.first_seen) AS first_seen
  FROM shown
  JOIN technique_orders ON technique_orders.after_number = shown.rule_number
  GROUP BY shown.session_ref, technique_orders.rule_number
),

counted AS (
  SELECT session_ref, rule_number, command_id, first_seen, last_seen
  FROM shown
  WHERE needs_other = 0
  UNION ALL
  SELECT
    shown.session_ref,
    shown.rule_number,
    shown.command_id,
    CASE WHEN shown.first_seen > before.first_seen THEN shown.first_seen ELSE shown.last_seen END,
    shown.last_seen
  FROM shown
  JOIN before ON before.session_ref = shown.session_ref AND before.rule_number = shown.rule_number
  WHERE shown.needs_other = 1 AND shown.last_seen > before.first_seen
),

placed AS (
  SELECT
    session_ref,
    rule_number,
    command_id,
    first_seen,
    MAX(last_seen) OVER (PARTITION BY session_ref, rule_number) AS last_seen,
    RANK() OVER (PARTITION BY session_ref, rule_number ORDER BY first_seen) AS place
  FROM counted
),

first AS (
  SELECT
    session_ref,
    rule_number,
    MIN(command_id) AS least_command_id,
    MAX(command_id) AS greatest_command_id,
    MIN(first_seen) AS first_seen,
    MIN(last_seen) AS last_seen
  FROM placed
  WHERE place = 1
  GROUP BY session_ref, rule_number
)

SELECT
  first.session_ref AS session_ref,
  first.rule_number AS rule_number,
  CASE WHEN first.least_command_id <> first.greatest_command_id THEN (
    SELECT c.command_id
    FROM command_facts AS c
    JOIN command_techniques AS m ON m.command_id = c.command_id AND m.rule_number = first.rule_number
    JOIN texts ON texts.id = c.command_id
    WHERE c.session_ref = first.session_ref AND (c.first_seen = first.first_seen OR (m.needs_other = 1 AND c.last_seen = first.first_seen))
    ORDER BY texts.digest LIMIT 1
  ) ELSE first.least_command_id END AS evidence_id,
  first.first_seen AS first_seen,
  first.last_seen AS last_seen
FROM first
UNION ALL
SELECT DISTINCT s.session_ref, technique_counts.rule_number, CAST(NULL AS BIGINT), s.first_event_at, s.last_event_at
FROM touched_sessions
CROSS JOIN session_facts AS s -- looked up by session_ref = touched_sessions.session_ref
JOIN technique_counts ON technique_counts.at_least <= CASE technique_counts.counted
  WHEN 'login_failures' THEN s.login_failures
  WHEN 'login_successes' THEN s.login_successes
  WHEN 'file_downloads' THEN s.file_downloads
  WHEN 'file_downloads_failed' THEN s.file_downloads_failed
  WHEN 'file_uploads' THEN s.file_uploads
  WHEN 'tunnel_requests' THEN s.tunnel_requests
END
WHERE s.session_ref = touched_sessions.session_ref
