"""The physical tables. The contract's names are views over them: see `sql/views/` and docs/ARCHITECTURE.md.

Units: `*_at`, `*_seen` are microseconds since 1970-01-01 UTC; `*_day` are days since 1970-01-01; `*_us` are
microseconds; flags are 0 or 1. `*_id` refers to `texts.id` unless the table says otherwise. No foreign keys are
declared: a writer resolves every reference before it uses it, no number is taken back, and the checks prove them.
"""

from cowrie_assets.warehouse.schema.campaigns import (
    artefact_facts,
    artefact_sources,
    campaign_changes,
    campaign_days,
    campaign_facts,
    campaign_inputs,
    profile_marks,
    profiled_days,
    profiles,
    sequence_bands,
    sequences,
    session_profiles,
    trait_days,
)
from cowrie_assets.warehouse.schema.columns import metadata
from cowrie_assets.warehouse.schema.days import changed_days, event_days, sensor_days, waiting_sessions
from cowrie_assets.warehouse.schema.dictionaries import (
    addresses,
    commands,
    event_types,
    sensors,
    session_keys,
    text_collections,
    texts,
    warehouse_identity,
)
from cowrie_assets.warehouse.schema.downloads import downloaded_artefacts, downloaded_contents, tlsh_bands
from cowrie_assets.warehouse.schema.evidence import events
from cowrie_assets.warehouse.schema.indicators import indicator_facts
from cowrie_assets.warehouse.schema.ledger import dead_letters, log_origins, log_paths, logs, reparsed_days
from cowrie_assets.warehouse.schema.places import address_lists, place_databases, place_facts, tag_facts
from cowrie_assets.warehouse.schema.proofs import check_results, proofs
from cowrie_assets.warehouse.schema.reports import notifications, publications, rare_periods, reports, sensor_reports
from cowrie_assets.warehouse.schema.seals import (
    events_behind_seal,
    sealed_hours,
    sealed_identities,
    sealed_tunnels,
    seals,
    treated_days,
)
from cowrie_assets.warehouse.schema.summaries import (
    active_hours,
    command_facts,
    file_facts,
    login_facts,
    rebuilt_days,
    session_facts,
    sightings,
)
from cowrie_assets.warehouse.schema.techniques import (
    command_techniques,
    technique_counts,
    technique_facts,
    technique_orders,
    technique_rules,
    technique_ruleset,
)
from cowrie_assets.warehouse.schema.verdicts import (
    enrolled_days,
    service_calls,
    verdict_changes,
    verdict_data,
    verdict_facts,
    verdict_providers,
    verdict_reports,
)

__all__ = [
    "active_hours",
    "address_lists",
    "addresses",
    "artefact_facts",
    "artefact_sources",
    "campaign_changes",
    "campaign_days",
    "campaign_facts",
    "campaign_inputs",
    "changed_days",
    "check_results",
    "command_facts",
    "command_techniques",
    "commands",
    "dead_letters",
    "downloaded_artefacts",
    "downloaded_contents",
    "enrolled_days",
    "event_days",
    "event_types",
    "events",
    "events_behind_seal",
    "file_facts",
    "indicator_facts",
    "log_origins",
    "log_paths",
    "login_facts",
    "logs",
    "metadata",
    "notifications",
    "place_databases",
    "place_facts",
    "profile_marks",
    "profiled_days",
    "profiles",
    "proofs",
    "publications",
    "rare_periods",
    "rebuilt_days",
    "reparsed_days",
    "reports",
    "sealed_hours",
    "sealed_identities",
    "sealed_tunnels",
    "seals",
    "sensor_days",
    "sensor_reports",
    "sensors",
    "sequence_bands",
    "sequences",
    "service_calls",
    "session_facts",
    "session_keys",
    "session_profiles",
    "sightings",
    "tag_facts",
    "technique_counts",
    "technique_facts",
    "technique_orders",
    "technique_rules",
    "technique_ruleset",
    "text_collections",
    "texts",
    "tlsh_bands",
    "trait_days",
    "treated_days",
    "verdict_changes",
    "verdict_data",
    "verdict_facts",
    "verdict_providers",
    "verdict_reports",
    "waiting_sessions",
    "warehouse_identity",
]
