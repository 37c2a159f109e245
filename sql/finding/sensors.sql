-- Every sensor.
SELECT sensors.id, sensors.name FROM sensors
