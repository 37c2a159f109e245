DROP TABLE rebuilt_days;
