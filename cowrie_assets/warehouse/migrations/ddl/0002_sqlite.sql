ALTER TABLE logs ADD COLUMN folder TEXT;
ALTER TABLE events ADD COLUMN tunnel_target_id BIGINT;
CREATE INDEX events_tunnel ON events (session_ref, tunnel_target_id) WHERE tunnel_target_id IS NOT NULL;
CREATE INDEX session_facts_long ON session_facts (last_event_at) WHERE last_event_at - first_event_at >= 604800000000;
