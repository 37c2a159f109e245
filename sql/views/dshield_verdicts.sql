SELECT
  v.value_id AS src_ip_id,
  v.malicious AS listed
FROM verdict_facts AS v
WHERE v.kind = 2 AND v.provider_id = 2 AND v.status = 2 AND v.malicious IS NOT NULL
