-- How many values a provider may be asked about now: those that wait, those whose answers expired, those that failed.
SELECT COUNT(*)
FROM verdict_facts AS v
WHERE v.provider_id = :provider_id AND v.kind = :kind AND v.status IN (1, 2, 3) AND v.next_attempt_at <= :now
