"""Whether the table `indicators` tells of what was seen: it is written once a day, so figures may be those of then, but
what it names is there."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from cowrie_assets.amounts import counted
from cowrie_assets.indicators.collecting import Wanted, indicators
from cowrie_assets.summaries.checks import CheckResult
from cowrie_assets.summaries.found_rows import EXAMPLES
from cowrie_assets.summaries.mending import collect_indicators
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import campaign_changes, campaign_facts, indicator_facts

INDICATORS_CHECK = "indicators_have_evidence"
INDICATORS_PROMISE = "each indicator was seen in sessions that are stored, and its campaign is one"
_SURE = 100

Row = dict[str, Any]


def check_indicators(warehouse: Warehouse, *, examples: int = EXAMPLES) -> CheckResult:
    """Look for the evidence of each indicator, in one snapshot."""
    with warehouse.read() as connection:
        found = list(_without_evidence(connection))
    if not found:
        return CheckResult(INDICATORS_CHECK, True, INDICATORS_PROMISE, 0, promise=INDICATORS_PROMISE)
    return CheckResult(
        INDICATORS_CHECK,
        False,
        f"{counted(len(found), 'row breaks', 'rows break')} this: {INDICATORS_PROMISE}",
        len(found),
        tuple(found[:examples]),
        work=collect_indicators(),
        promise=INDICATORS_PROMISE,
    )


def are_stored(warehouse: Warehouse) -> bool:
    """Whether there are any."""
    with warehouse.read() as connection:
        return connection.execute(select(indicator_facts.c.type).limit(1)).first() is not None


def _without_evidence(connection: Connection) -> Iterator[Row]:
    """What names nothing that was seen, or a campaign that never was, or is no indicator by its own figures."""
    seen = {(each.type.value, each.value): each for each in indicators(connection, Wanted(all=True))}
    known = set(connection.execute(select(campaign_facts.c.campaign)).scalars())
    known.update(connection.execute(select(campaign_changes.c.campaign).distinct()).scalars())
    for row in connection.execute(select(indicator_facts).order_by(indicator_facts.c.type, indicator_facts.c.value)):
        problem = None
        if (row.type, row.value) not in seen:
            problem = "was seen in no session that is stored"
        elif row.campaign is not None and row.campaign not in known:
            problem = "names a campaign that never was"
        elif not (
            row.first_seen <= row.last_seen and row.sessions > 0 and row.sensors > 0 and 0 <= row.confidence <= _SURE
        ):
            problem = "has figures that nothing has"
        if problem is not None:
            yield {"type": row.type, "value": row.value, "problem": problem}
