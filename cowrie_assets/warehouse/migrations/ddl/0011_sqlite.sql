CREATE TABLE proofs (
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  proved_at BIGINT NOT NULL,
  PRIMARY KEY (subject, name)
);
