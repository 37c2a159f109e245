"""What stands in a key has a bound: PostgreSQL refuses an entry of an index beyond 2,704 bytes."""

from sqlalchemy import Text, UniqueConstraint

from cowrie_assets.warehouse.schema import metadata

BOUNDED = {
    "address_lists": {"name": "by the settings", "kind": "an enum"},
    "campaign_changes": {"campaign": "of digits", "became": "of digits"},
    "campaign_facts": {"campaign": "of digits"},
    "check_results": {"name": "a check's"},
    "downloaded_artefacts": {"collector": "64", "folder": "a path", "name": "of a file: 255 bytes"},
    "indicator_facts": {"type": "an enum", "value": "2,048 of ASCII: indicators.collecting"},
    "log_paths": {"collector": "64", "path": "a path"},
    "logs": {"collector": "64", "path": "a path"},
    "notifications": {"channel": "an enum", "subject": "of a job or a check"},
    "profiles": {"campaign": "of digits"},
    "proofs": {"subject": "a word", "name": "a period"},
    "publications": {
        **{"destination": "an enum", "report_type": "an enum", "period": "a period"},
        **{"sensor": "200: reports.sensors.sensor_label"},
    },
    "rare_periods": {"report_type": "an enum", "period": "a period"},
    "reports": {"report_type": "an enum", "period": "a period"},
    "sensor_reports": {"report_type": "an enum", "period": "a period", "sensor": "200: reports.sensors.sensor_label"},
    "technique_counts": {"counted": "a column's"},
    "verdict_facts": {"label": "256: enrichment.answers"},
    "verdict_providers": {"name": "a service's"},
    "verdict_reports": {"report_type": "an enum", "period": "a period"},
    "warehouse_identity": {"identity": "of digits"},
}
"""The texts in keys and indexes, and what bounds each. What attackers write is named by a digest, or a number."""


def test_every_text_in_a_key_has_a_bound() -> None:
    found: dict[str, set[str]] = {}
    for table in metadata.sorted_tables:
        unique = (each for each in table.constraints if isinstance(each, UniqueConstraint))
        for key in (table.primary_key, *unique, *table.indexes):
            texts = {column.name for column in key.columns if isinstance(column.type, Text)}
            if texts:
                found.setdefault(table.name, set()).update(texts)
    assert found == {name: set(columns) for name, columns in BOUNDED.items()}
