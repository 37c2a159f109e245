SELECT pg_advisory_unlock(:space, logs.number) FROM unnest(CAST(:numbers AS INTEGER[])) AS logs (number)
