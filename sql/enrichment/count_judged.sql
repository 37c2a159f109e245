-- How many values of each kind services call malicious, clean, or do not judge.
SELECT v.kind, verdict_providers.name AS provider, v.malicious, COUNT(*) AS number
FROM verdict_facts AS v
JOIN verdict_providers ON verdict_providers.id = v.provider_id
WHERE v.status = 2
GROUP BY v.kind, verdict_providers.name, v.malicious
