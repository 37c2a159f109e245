-- The numbers of some texts, by their digests.
SELECT texts.id, texts.text FROM texts WHERE texts.digest IN :digests
