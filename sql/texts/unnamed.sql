-- The texts up to a number that nothing names.
SELECT texts.id
FROM texts
WHERE texts.id <= :last AND NOT EXISTS (SELECT 1 FROM named_texts WHERE named_texts.id = texts.id)
ORDER BY texts.id
