DROP TABLE service_calls;
