-- The marks of some profiles.
SELECT profile, kind, value_id
FROM profile_marks
WHERE profile IN :profiles AND kind IN :kinds
