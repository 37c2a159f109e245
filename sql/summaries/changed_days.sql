-- The days on which the sessions of the temporary table `changed` stand at this moment.
SELECT DISTINCT session_facts.session_day
FROM session_facts
WHERE session_facts.session_ref IN (SELECT session_ref FROM changed)
