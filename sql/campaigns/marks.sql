-- The marks of profiles that join. What commands merely name is none: `echo http://HOST/`; where one uses it, whoever names it is of the same.
SELECT m.profile, m.kind, m.value_id
FROM profile_marks AS m
LEFT JOIN (
  SELECT kind, value_id
  FROM artefact_facts
  WHERE kind IN :kinds
  GROUP BY kind, value_id
  HAVING MAX(subtype) = ''
) AS named ON named.kind = m.kind AND named.value_id = m.value_id
WHERE m.kind IN :kinds AND named.value_id IS NULL
