DROP INDEX log_origins_sensor;
CREATE INDEX log_origins_sensor ON log_origins (sensor_id, clock_offset_us);
CREATE INDEX log_origins_unknown ON log_origins (reader) WHERE reader = 0;
