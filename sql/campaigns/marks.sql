-- The marks of profiles that join. What commands merely name is none: `echo http://HOST/`; where one that a session still has uses it, whoever
-- names it is of the same.
SELECT m.profile, m.kind, m.value_id
FROM profile_marks AS m
LEFT JOIN (
  SELECT a.kind, a.value_id
  FROM artefact_facts AS a
  WHERE a.kind IN :kinds
  GROUP BY a.kind, a.value_id
  HAVING MIN(a.subtype) = '' AND NOT EXISTS (
    SELECT 1
    FROM artefact_facts AS used
    WHERE used.kind = a.kind AND used.value_id = a.value_id AND used.subtype <> ''
      AND (
        EXISTS (SELECT 1 FROM command_facts AS c WHERE c.command_id = used.source_id)
        OR EXISTS (SELECT 1 FROM file_facts AS f WHERE f.url_id = used.source_id)
      )
  )
) AS named ON named.kind = m.kind AND named.value_id = m.value_id
WHERE m.kind IN :kinds AND named.value_id IS NULL
