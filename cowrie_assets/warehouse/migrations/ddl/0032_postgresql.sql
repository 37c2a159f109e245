CREATE TABLE campaign_inputs (
  made_from BYTEA NOT NULL
);
