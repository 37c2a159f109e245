CREATE TABLE service_calls (
  id INTEGER NOT NULL,
  provider_id INTEGER NOT NULL,
  booked_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  asked INTEGER NOT NULL,
  outcome SMALLINT,
  rest_until BIGINT,
  error TEXT,
  PRIMARY KEY (id)
);
CREATE INDEX service_calls_ended ON service_calls (provider_id, ended_at);
CREATE INDEX service_calls_rest ON service_calls (provider_id, rest_until) WHERE rest_until IS NOT NULL;
CREATE INDEX service_calls_failed ON service_calls (provider_id, ended_at) WHERE error IS NOT NULL;
