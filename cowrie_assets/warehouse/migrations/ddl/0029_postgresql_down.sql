DROP TABLE campaign_days;
