SELECT
  i.type AS type,
  i.value AS value,
  utc(i.first_seen) AS first_seen,
  utc(i.last_seen) AS last_seen,
  i.sessions AS sessions,
  i.sensors AS sensors,
  i.confidence AS confidence,
  utc(i.expires_at) AS expires_at,
  i.tags AS tags,
  i.campaign AS campaign_id
FROM indicator_facts AS i
