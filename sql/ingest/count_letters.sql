-- How many dead letters nobody resolved.
SELECT COUNT(*)
FROM dead_letters
WHERE resolved_at IS NULL AND reason <> 'damaged_archive' AND (:reason = '' OR reason = :reason)
