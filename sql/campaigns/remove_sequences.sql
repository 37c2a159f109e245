-- The sequences that no profile has any more.
DELETE FROM sequences
WHERE id NOT IN (SELECT profiles.sequence FROM profiles)
