SELECT claimed.position
FROM (
    SELECT logs.position, pg_try_advisory_lock(:space, logs.number) AS is_claimed
    FROM unnest(CAST(:numbers AS INTEGER[])) WITH ORDINALITY AS logs (number, position)
) AS claimed
WHERE claimed.is_claimed
