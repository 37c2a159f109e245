-- Occurrences of commands, and sessions by the last command of each. Rows as in credentials.sql. A risk score of 70 and more is high (cowrie/risk.py).
-- The last command is the one seen last; of several seen last at the same microsecond, the one that sorts first as stored.
WITH typed AS MATERIALIZED (
  SELECT c.command_id, CAST(SUM(c.occurrences) AS BIGINT) AS occurrences
  FROM session_facts AS s
  JOIN command_facts AS c -- looked up by session_ref = s.session_ref
    ON c.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.command_count > 0
  GROUP BY c.command_id
),
new_forms AS MATERIALIZED (
  SELECT forms.normalized_id, forms.occurrences
  FROM (
    SELECT commands.normalized_id, CAST(SUM(typed.occurrences) AS BIGINT) AS occurrences
    FROM typed
    JOIN commands ON commands.command_id = typed.command_id
    GROUP BY commands.normalized_id
  ) AS forms
  WHERE NOT EXISTS (
    SELECT 1
    FROM sightings AS earlier
    WHERE earlier.kind = {command_kind} AND earlier.value_id = forms.normalized_id AND earlier.sensor_id = :sensor_id
      AND earlier.session_day >= :known_from AND earlier.session_day + 0 < :start_day
    LIMIT 1 OFFSET 0
  )
),
-- MIN: beside a load on PostgreSQL a refresh may have counted one command and read two a moment later; the day waits, and is made again.
endings AS MATERIALIZED (
  SELECT last_commands.command_id, COUNT(*) AS sessions
  FROM (
    SELECT
      CASE
        WHEN s.command_count = 1 THEN (SELECT MIN(c.command_id) FROM command_facts AS c WHERE c.session_ref = s.session_ref)
        ELSE (
          SELECT c.command_id
          FROM command_facts AS c
          WHERE c.session_ref = s.session_ref
          ORDER BY c.last_seen DESC, (SELECT texts.text FROM texts WHERE texts.id = c.command_id)
          LIMIT 1
        )
      END AS command_id
    FROM session_facts AS s
    WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
      AND s.command_count > 0
  ) AS last_commands
  GROUP BY last_commands.command_id
)
SELECT 'total' AS item, NULL AS value, CAST(COALESCE(SUM(occurrences), 0) AS BIGINT) AS number FROM typed
UNION ALL
SELECT 'unique', NULL, COUNT(*) FROM typed
UNION ALL
SELECT 'high_risk_total', NULL, CAST(COALESCE(SUM(typed.occurrences), 0) AS BIGINT)
FROM typed
JOIN commands ON commands.command_id = typed.command_id
WHERE commands.risk_score >= 70
UNION ALL
SELECT 'top_commands', texts.text, typed.occurrences
FROM typed
JOIN texts ON texts.id = typed.command_id
WHERE typed.occurrences >= (SELECT MIN(occurrences) FROM (SELECT occurrences FROM typed ORDER BY occurrences DESC LIMIT :top) AS best)
UNION ALL
SELECT 'top_last_commands', texts.text, endings.sessions
FROM endings
JOIN texts ON texts.id = endings.command_id
WHERE endings.sessions >= (SELECT MIN(sessions) FROM (SELECT sessions FROM endings ORDER BY sessions DESC LIMIT :top) AS best)
UNION ALL
SELECT 'new_commands', NULL, COUNT(*) FROM new_forms
UNION ALL
SELECT 'new_commands', texts.text, new_forms.occurrences
FROM new_forms
JOIN texts ON texts.id = new_forms.normalized_id
WHERE new_forms.occurrences >= (SELECT MIN(occurrences) FROM (SELECT occurrences FROM new_forms ORDER BY occurrences DESC LIMIT :top) AS best)
