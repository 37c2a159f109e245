-- The days on which the sessions of the temporary table `changed` stand at this moment have changed.
INSERT INTO changed_days (session_day, revision)
SELECT DISTINCT session_facts.session_day, (SELECT COALESCE(MAX(revision), 0) + 1 FROM changed_days)
FROM session_facts
WHERE session_facts.session_ref IN (SELECT session_ref FROM changed)
ON CONFLICT (session_day) DO UPDATE SET revision = excluded.revision
