-- How far a provider was asked about the values of a kind, and about how many it may be asked now.
SELECT v.status, COUNT(*) AS number, SUM(CASE WHEN v.next_attempt_at <= :now THEN 1 ELSE 0 END) AS due
FROM verdict_facts AS v
WHERE v.provider_id = :provider_id AND v.kind = :kind
GROUP BY v.status
