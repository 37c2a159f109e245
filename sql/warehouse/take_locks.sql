-- PostgreSQL: try a writer's locks in their order; the position of the first that another transaction holds, none where
-- all are taken. Position 0 is the lock that a writer shares with every other one but those that are alone.
SELECT position
FROM (
  SELECT
    locks.position,
    CASE
      WHEN locks.position = 0 THEN pg_try_advisory_xact_lock_shared(:write_lock)
      ELSE pg_try_advisory_xact_lock(locks.space, locks.number)
    END AS taken
  FROM UNNEST(CAST(:positions AS INTEGER[]), CAST(:spaces AS INTEGER[]), CAST(:numbers AS INTEGER[]))
    AS locks (position, space, number)
) AS tried
WHERE NOT taken
LIMIT 1
