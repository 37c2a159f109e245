-- Every sensor's number.
SELECT sensors.id, sensors.name FROM sensors
