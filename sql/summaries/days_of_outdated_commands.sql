-- The days with a session that typed a command which another set of rules scored: an older one, or also a newer one.
SELECT DISTINCT s.session_day
FROM command_facts AS c
JOIN commands ON commands.command_id = c.command_id
JOIN session_facts AS s ON s.session_ref = c.session_ref
WHERE commands.ruleset < :ruleset OR (:also_newer = 1 AND commands.ruleset > :ruleset)
