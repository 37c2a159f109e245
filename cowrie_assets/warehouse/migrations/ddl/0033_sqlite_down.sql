DROP TABLE rare_periods;
