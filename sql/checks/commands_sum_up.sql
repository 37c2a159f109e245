-- A command's "`occurrences` over a session sum up to `command_count`", those of the commands of high risk to `high_risk_commands`.
SELECT session_day, session_ref, command_count, occurrences, high_risk_commands, high_risk_occurrences
FROM (
  SELECT
    s.session_day,
    s.session_ref,
    s.command_count,
    COALESCE((SELECT SUM(c.occurrences) FROM command_facts AS c WHERE c.session_ref = s.session_ref), 0) AS occurrences,
    s.high_risk_commands,
    COALESCE((
      SELECT SUM(c.occurrences)
      FROM command_facts AS c
      JOIN commands AS scored -- looked up by command_id = c.command_id
        ON scored.command_id = c.command_id
      WHERE c.session_ref = s.session_ref AND scored.risk_score >= {high_risk}
    ), 0) AS high_risk_occurrences
  FROM session_facts AS s
  WHERE s.session_day BETWEEN :first_day AND :last_day
) AS sums
WHERE command_count <> occurrences OR high_risk_commands <> high_risk_occurrences
UNION ALL
SELECT MIN(c.first_seen) / 86400000000, c.session_ref, 0, SUM(c.occurrences), 0, 0
FROM command_facts AS c
LEFT JOIN session_facts AS s ON s.session_ref = c.session_ref
WHERE s.session_ref IS NULL AND :first_day = -2147483648 -- rows of no session belong to no day: sought when all days are
GROUP BY c.session_ref
