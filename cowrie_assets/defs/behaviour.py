"""The checks of what follows from all days at once: of campaigns, and of indicators."""

import dagster as dg

from cowrie_assets.campaigns.checks import CAMPAIGNS_CHECK, CAMPAIGNS_PROMISE, check_campaigns
from cowrie_assets.defs.assets.indicators import INDICATORS
from cowrie_assets.defs.describe import row_table
from cowrie_assets.defs.materialize import PASSING_FAULTS, faults_named
from cowrie_assets.defs.resources import WarehouseResource
from cowrie_assets.indicators.checks import INDICATORS_CHECK, INDICATORS_PROMISE, check_indicators
from cowrie_assets.summaries.checks import CheckResult


@dg.asset_check(
    asset="campaigns",
    name=CAMPAIGNS_CHECK,
    description=f"{CAMPAIGNS_PROMISE.capitalize()}.",
    retry_policy=PASSING_FAULTS,
)
def campaigns_equal_recomputation(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """What waits to be taken in is late, and told as a warning."""
    with faults_named(), warehouse.open() as database:
        return _told(check_campaigns(database))


@dg.asset_check(
    asset=INDICATORS,
    name=INDICATORS_CHECK,
    description=f"{INDICATORS_PROMISE.capitalize()}.",
    retry_policy=PASSING_FAULTS,
)
def indicators_have_evidence(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """The table is that of the last run."""
    with faults_named(), warehouse.open() as database:
        return _told(check_indicators(database))


def _told(found: CheckResult) -> dg.AssetCheckResult:
    metadata: dict[str, dg.MetadataValue] = {"rows": row_table(found.rows)} if found.rows else {}
    if found.mend is not None:
        metadata["to_mend"] = dg.MetadataValue.text(found.mend)
    return dg.AssetCheckResult(
        passed=found.passed,
        severity=dg.AssetCheckSeverity.WARN if found.state == "late" else dg.AssetCheckSeverity.ERROR,
        description=found.summary,
        metadata={"differences": found.differences, "late": found.late, **metadata},
    )


CHECKS_OF_BEHAVIOUR: tuple[dg.AssetChecksDefinition, ...] = (campaigns_equal_recomputation, indicators_have_evidence)
