CREATE TABLE file_verdicts (
  shasum TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  classification TEXT COLLATE "C",
  description TEXT COLLATE "C",
  malicious SMALLINT,
  first_seen BIGINT,
  last_analysis BIGINT,
  positives INTEGER,
  total INTEGER,
  scan_date BIGINT,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (shasum)
);
CREATE TABLE ip_verdicts (
  ip TEXT COLLATE "C" NOT NULL,
  dshield_flagged SMALLINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (ip)
);
INSERT INTO file_verdicts
SELECT
  texts.text,
  CASE v.status WHEN 2 THEN 'enriched' WHEN 3 THEN 'failed' WHEN 4 THEN 'skipped' ELSE 'pending' END,
  v.label,
  v.description,
  v.malicious,
  v.first_seen,
  v.last_analysis,
  v.positives,
  v.total,
  v.scanned_at,
  COALESCE(v.fetched_at, v.changed_at, v.next_attempt_at, 0)
FROM verdict_facts AS v
JOIN texts ON texts.id = v.value_id
WHERE v.kind = 1 AND v.provider_id = 1;
INSERT INTO ip_verdicts
SELECT texts.text, v.malicious, COALESCE(v.fetched_at, 0)
FROM verdict_facts AS v
JOIN texts ON texts.id = v.value_id
WHERE v.kind = 2 AND v.provider_id = 2 AND v.malicious IS NOT NULL;
DROP TABLE verdict_facts;
DROP TABLE verdict_data;
DROP TABLE verdict_changes;
DROP TABLE verdict_providers;
DROP TABLE enrolled_days;
DROP TABLE verdict_reports;
ALTER TABLE reports DROP COLUMN verdicts_as_of;
