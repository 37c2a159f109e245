-- All texts: what names one takes it out.
INSERT INTO unnamed_texts (id)
SELECT id FROM texts
