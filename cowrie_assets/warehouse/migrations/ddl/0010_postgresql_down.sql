DROP INDEX logs_sensor;
DROP INDEX logs_first_event;
DROP INDEX logs_ingested;
DROP INDEX log_origins_sensor;
