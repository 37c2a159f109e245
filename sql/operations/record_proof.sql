-- What was proved of a day or a report. Of two that prove at once the one that looked later stands.
INSERT INTO proofs (subject, name, version, proved_at)
VALUES (:subject, :name, :version, :proved_at)
ON CONFLICT (subject, name) DO UPDATE
SET version = excluded.version, proved_at = excluded.proved_at
WHERE proofs.proved_at <= excluded.proved_at
