CREATE TABLE campaign_inputs (
  made_from BLOB NOT NULL
);
