-- The rest of a provider's last answer.
INSERT INTO verdict_data (kind, value_id, provider_id, data)
VALUES (:kind, :value_id, :provider_id, :data)
ON CONFLICT (kind, value_id, provider_id) DO UPDATE SET data = excluded.data
