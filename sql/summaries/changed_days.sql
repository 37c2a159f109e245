-- The days on which the sessions of the temporary table `changed` stand at this moment.
SELECT DISTINCT s.session_day
FROM changed
CROSS JOIN session_facts AS s -- looked up by session_ref = changed.session_ref
WHERE s.session_ref = changed.session_ref
