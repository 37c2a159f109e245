-- The days with a session that typed one of the commands of the temporary table `remapped_commands`; whether one of them has another risk.
SELECT s.session_day, MAX(remapped_commands.is_rescored) AS is_rescored
FROM remapped_commands
JOIN command_facts AS c ON c.command_id = remapped_commands.command_id
JOIN session_facts AS s ON s.session_ref = c.session_ref
GROUP BY s.session_day
