UPDATE logs SET duplicates = duplicates + archived;
ALTER TABLE logs DROP COLUMN archived;
DROP TABLE events_behind_seal;
DROP TABLE sealed_tunnels;
DROP TABLE sealed_hours;
DROP TABLE sealed_identities;
DROP TABLE seals;
