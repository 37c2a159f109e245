-- The marks of profiles that join. What commands merely name is none: `echo http://HOST/`; where one uses it, whoever names it is of the same.
SELECT profile, kind, value_id
FROM profile_marks
WHERE kind IN :kinds
  AND (kind, value_id) NOT IN (
    SELECT kind, value_id FROM artefact_facts WHERE kind IN :kinds GROUP BY kind, value_id HAVING MAX(subtype) = ''
  )
