-- Takes one notification to send it: no other process does until the claim ends. None is given where another was faster.
-- The mark tells this claim from a later one: who claimed before it, and finishes behind it, records nothing.
UPDATE notifications SET next_attempt_at = :until, claim = :claim
WHERE channel = :channel AND subject = :subject AND next_attempt_at <= :now
RETURNING channel, subject, waiting, content, sent_at, attempts, claim
