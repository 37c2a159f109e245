"""Jobs made of the domain: ingest everything, rebuild, validate, backfill, status, doctor. No Dagster, no click."""
