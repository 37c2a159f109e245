-- The numbers of some texts, by their digests.
SELECT texts.id, texts.digest FROM texts WHERE texts.digest IN :digests
