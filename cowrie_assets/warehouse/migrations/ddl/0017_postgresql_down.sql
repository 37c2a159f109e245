DROP INDEX log_origins_unknown;
DROP INDEX log_origins_sensor;
CREATE INDEX log_origins_sensor ON log_origins (sensor_id);
