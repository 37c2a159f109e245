-- The newest change to any session: where it stands still, so does what is counted of sessions.
SELECT COALESCE(MAX(revision), 0) AS changed FROM changed_days
