-- The normal forms that sessions of some days typed most often and that no rule maps to a technique.
SELECT form.text AS command_normalized, SUM(c.occurrences) AS occurrences
FROM session_facts AS s
JOIN command_facts AS c -- looked up by session_ref = s.session_ref
  ON c.session_ref = s.session_ref
JOIN commands ON commands.command_id = c.command_id
JOIN texts AS form ON form.id = commands.normalized_id
WHERE
  s.session_day >= :first_day AND s.session_day <= :last_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  AND NOT EXISTS (SELECT 1 FROM command_techniques AS t WHERE t.command_id = c.command_id)
GROUP BY form.text
ORDER BY occurrences DESC, form.text
LIMIT :most
