-- A provider more. Two that are added at once get the same number, and one of them none: it is added again.
INSERT INTO verdict_providers (id, name)
SELECT MAX(verdict_providers.id) + 1, :name FROM verdict_providers WHERE verdict_providers.id > 0
ON CONFLICT DO NOTHING
