DROP TABLE campaign_inputs;
