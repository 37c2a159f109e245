SELECT sensors.name, session_keys.session_id, command.text, c.occurrences, c.first_seen, c.last_seen
FROM session_facts AS s
JOIN command_facts AS c ON c.session_ref = s.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
JOIN texts AS command ON command.id = c.command_id
WHERE s.session_day = :day
ORDER BY sensors.name, session_keys.session_id, command.text
