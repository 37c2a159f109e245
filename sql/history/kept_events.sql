-- Of each asset, partition and kind of event: the newest, which the pages show, and the first of the same data version.
-- A partition that was made from the first of them is up to date still; without it Dagster calls it out of date.
WITH versions AS (
  SELECT
    MIN(event_logs.id) AS first_id,
    MAX(event_logs.id) AS last_id,
    ROW_NUMBER() OVER (
      PARTITION BY event_logs.asset_key, event_logs.dagster_event_type, event_logs.partition
      ORDER BY MAX(event_logs.id) DESC
    ) AS place
  FROM event_logs
  LEFT JOIN asset_event_tags ON asset_event_tags.event_id = event_logs.id AND asset_event_tags.key = :version_tag
  WHERE event_logs.asset_key IS NOT NULL
  GROUP BY event_logs.asset_key, event_logs.dagster_event_type, event_logs.partition, asset_event_tags.value
)
SELECT first_id, last_id FROM versions WHERE place = 1
