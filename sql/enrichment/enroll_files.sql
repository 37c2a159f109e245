-- The files of a session day wait for a provider, unless it was asked about them. Those that wait already count as seen on their newest day.
-- Of a day's files that was stored most often comes first: it counts as seen so many microseconds later.
INSERT INTO verdict_facts (kind, value_id, provider_id, status, attempts, next_attempt_at)
SELECT 1, f.shasum_id, :provider_id, 1, 0, :seen_at + SUM(f.downloads + f.uploads)
FROM session_facts AS s
CROSS JOIN file_facts AS f
WHERE s.session_day = :day AND f.session_ref = s.session_ref
GROUP BY f.shasum_id
ORDER BY f.shasum_id
ON CONFLICT (kind, value_id, provider_id) DO UPDATE
SET next_attempt_at = excluded.next_attempt_at
WHERE verdict_facts.status = 1 AND verdict_facts.next_attempt_at < excluded.next_attempt_at
