-- The source addresses of a session day wait for a provider, those with most sessions first. As in enroll_files.sql.
INSERT INTO verdict_facts (kind, value_id, provider_id, status, attempts, next_attempt_at)
SELECT 2, s.src_ip_id, :provider_id, 1, 0, :seen_at + COUNT(*)
FROM session_facts AS s
WHERE s.session_day = :day AND s.src_ip_id IS NOT NULL
  AND s.session_day NOT IN (SELECT t.session_day FROM treated_days AS t WHERE t.kind = 2)
GROUP BY s.src_ip_id
ORDER BY s.src_ip_id
ON CONFLICT (kind, value_id, provider_id) DO UPDATE
SET next_attempt_at = excluded.next_attempt_at
WHERE verdict_facts.status = 1 AND verdict_facts.next_attempt_at < excluded.next_attempt_at
