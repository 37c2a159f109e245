DELETE FROM sequence_bands
WHERE sequence NOT IN (SELECT sequences.id FROM sequences)
