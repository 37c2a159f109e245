-- The newest complete period of each type of report; labels of one type sort as their periods do.
SELECT report_type, MAX(period) AS period FROM reports WHERE complete = 1 GROUP BY report_type
