-- The sessions that typed a command, those that were loaded last.
SELECT c.session_ref FROM command_facts AS c WHERE c.command_id = :value_id ORDER BY c.session_ref DESC LIMIT :most
