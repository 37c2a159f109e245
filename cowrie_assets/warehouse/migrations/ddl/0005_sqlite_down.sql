DROP INDEX sensors_name;
DROP INDEX event_types_name;
