-- The profiles that have one of some files (6), or a key that one of these names, of their own or in another file.
SELECT profile
FROM profile_marks
WHERE kind = 6 AND value_id IN :files
UNION
SELECT m.profile
FROM artefact_facts AS a
CROSS JOIN profile_marks AS m
WHERE a.source_id IN :files AND a.kind = 1 AND m.kind = 1 AND m.value_id = a.value_id
UNION
SELECT m.profile
FROM artefact_facts AS a
CROSS JOIN artefact_facts AS other
CROSS JOIN profile_marks AS m
WHERE a.source_id IN :files AND a.kind = 1 AND other.kind = 1 AND other.value_id = a.value_id
  AND m.kind = 6 AND m.value_id = other.source_id
