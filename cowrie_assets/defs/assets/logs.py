"""The logs and what is read from them: `log_files` stands upstream, `raw_events` holds every event once."""

import dagster as dg

from cowrie_assets.defs.columns import column_schema
from cowrie_assets.defs.describe import OWNERS
from cowrie_assets.defs.made_by import code_version
from cowrie_assets.defs.partitions import DAILY

log_files = dg.AssetSpec(
    "log_files",
    description=(
        "Cowrie's JSON logs below COWRIE_LOG_ROOT: live, rotated, compressed. Cowrie writes them; nothing here does. "
        "The sensor `new_logs` watches them and notes here what it finds; the sensor `health` notes where each sensor "
        "stands, and its checks say whether data comes in: how old the newest event of a sensor is, not a partition."
    ),
    group_name="ingest",
    kinds={"json"},
    owners=OWNERS,
    tags={"layer": "source"},
)

RAW_EVENTS = "raw_events"

raw_events = dg.AssetSpec(
    RAW_EVENTS,
    description=(
        "Every distinct event of the day, once, its JSON as Cowrie wrote it.\n\n"
        "Brings in every log that has events of the day, or of any day of a range, each log once. Reading a log again "
        "changes no row. Today's partition takes in what claims to lie in the future, the first day's what lies before "
        "it.\n\nDuplicates, dead letters and bytes shown with a day are of the logs that begin on it."
    ),
    deps=[log_files],
    partitions_def=DAILY,
    group_name="ingest",
    owners=OWNERS,
    tags={"layer": "evidence"},
    code_version=code_version(RAW_EVENTS),
    metadata={"dagster/column_schema": column_schema(RAW_EVENTS)},
)
"""Filled by the step `days`: see `defs/assets/days.py`."""
