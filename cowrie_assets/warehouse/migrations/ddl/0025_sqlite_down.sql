DROP TABLE treated_days;
