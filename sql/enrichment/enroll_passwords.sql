-- The passwords of a session day wait for a provider. As in enroll_files.sql.
INSERT INTO verdict_facts (kind, value_id, provider_id, status, attempts, next_attempt_at)
SELECT 3, sightings.value_id, :provider_id, 1, 0, :seen_at
FROM sightings
WHERE sightings.session_day = :day AND sightings.kind = {password_kind} AND sightings.sensor_id = 0
  AND sightings.session_day NOT IN (SELECT t.session_day FROM treated_days AS t WHERE t.kind = 1)
ORDER BY sightings.value_id
ON CONFLICT (kind, value_id, provider_id) DO UPDATE
SET next_attempt_at = excluded.next_attempt_at
WHERE verdict_facts.status = 1 AND verdict_facts.next_attempt_at < excluded.next_attempt_at
