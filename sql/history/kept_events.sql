-- Of each asset, partition and kind of event the newest, which the pages show; of what has a data version, the first of
-- that version as well: what was made from the first is up to date still, and without it Dagster calls it out of date.
WITH versions AS (
  SELECT
    CASE
      WHEN event_logs.dagster_event_type IN ('ASSET_MATERIALIZATION', 'ASSET_OBSERVATION') THEN MIN(event_logs.id)
      ELSE MAX(event_logs.id)
    END AS first_id,
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
