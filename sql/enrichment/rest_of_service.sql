-- Until when a service is to be left alone; NULL where it is not.
SELECT MAX(c.rest_until) FROM service_calls AS c
WHERE c.provider_id = :provider_id AND c.rest_until > :now AND c.outcome <> :passed_over
