ALTER TABLE place_databases DROP COLUMN networks;
