-- The newest change to any session, and the newest that the sightings have taken in: where both stand still, so does what is counted of sessions.
SELECT
  (SELECT COALESCE(MAX(revision), 0) FROM changed_days) AS changed,
  (SELECT COALESCE(MAX(revision), 0) FROM sighted_days) AS sighted
