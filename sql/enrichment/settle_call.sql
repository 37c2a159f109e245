-- How a call ended.
UPDATE service_calls SET ended_at = :now, outcome = :outcome, error = :error, rest_until = :rest_until WHERE id = :call
