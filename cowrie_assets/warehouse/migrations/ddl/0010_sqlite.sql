CREATE INDEX logs_sensor ON logs (sensor_id);
CREATE INDEX logs_first_event ON logs (first_event_at, sensor_id);
CREATE INDEX logs_ingested ON logs (last_ingested_at);
CREATE INDEX log_origins_sensor ON log_origins (sensor_id);
