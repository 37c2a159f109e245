ALTER TABLE campaign_facts DROP COLUMN distinctive;
DROP TABLE trait_days;
