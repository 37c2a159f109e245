DELETE FROM profile_marks
WHERE profile NOT IN (SELECT profiles.id FROM profiles)
