SELECT
  a.value AS fingerprint,
  a.subtype AS type,
  a.comment AS comment,
  a.sessions AS sessions,
  a.first_seen AS first_seen,
  a.last_seen AS last_seen
FROM artefacts AS a
WHERE a.kind = 'ssh_key'
