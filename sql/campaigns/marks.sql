-- The marks of profiles that join.
SELECT profile, kind, value_id
FROM profile_marks
WHERE kind IN :kinds
