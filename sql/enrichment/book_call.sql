-- A call that is going to be made.
INSERT INTO service_calls (provider_id, booked_at, ended_at, asked)
VALUES (:provider_id, :now, :ends_at, :values)
RETURNING id
