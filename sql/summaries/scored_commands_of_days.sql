-- The commands of the sessions of some days that have a score.
SELECT DISTINCT c.command_id
FROM session_facts AS s
CROSS JOIN command_facts AS c -- looked up by session_ref = s.session_ref
JOIN commands ON commands.command_id = c.command_id
WHERE s.session_day BETWEEN :first_day AND :last_day AND s.command_count > 0 AND c.session_ref = s.session_ref
ORDER BY c.command_id
