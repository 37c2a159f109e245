-- The days with a session that typed a command which an older set of rules scored.
SELECT DISTINCT s.session_day
FROM command_facts AS c
JOIN commands ON commands.command_id = c.command_id AND commands.ruleset < :ruleset
JOIN session_facts AS s ON s.session_ref = c.session_ref
