CREATE UNIQUE INDEX sensors_name ON sensors (name);
CREATE UNIQUE INDEX event_types_name ON event_types (name);
