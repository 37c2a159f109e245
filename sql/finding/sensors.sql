-- Every sensor's number.
SELECT sensors.id FROM sensors
