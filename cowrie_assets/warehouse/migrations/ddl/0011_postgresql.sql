CREATE TABLE proofs (
  subject TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  proved_at BIGINT NOT NULL,
  PRIMARY KEY (subject, name)
);
