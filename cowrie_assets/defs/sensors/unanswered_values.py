"""Values that services may be asked about now, and addresses that are to be matched: a run that does so."""

from datetime import UTC, datetime

import dagster as dg

from cowrie_assets.clock import US_PER_SECOND, iso_us, now_us
from cowrie_assets.defs.assets.enrichment import OFF
from cowrie_assets.defs.in_work import IN_WORK, REST_AFTER_FAILURE
from cowrie_assets.defs.jobs import enrich
from cowrie_assets.defs.resources import WarehouseResource, configured, usable_settings
from cowrie_assets.defs.sensors.switched import switched_sensor
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.enrichment.matching import plan_matching
from cowrie_assets.enrichment.settings import SERVICES
from cowrie_assets.enrichment.standing import Waiting, waiting

_SOON_US = 120 * US_PER_SECOND
"""A run waits so long for a service itself."""
SWITCHES = (
    *("COWRIE_MMDB", "COWRIE_ADDRESS_LISTS"),
    *(f"COWRIE_{name.upper()}{suffix}" for name in SERVICES for suffix in ("", "_KEY", "_CONTACT")),
)


@switched_sensor(
    SWITCHES,
    job=enrich,
    minimum_interval_seconds=60,
    description=(
        "Asks for a run that asks services about what waits, where a budget has room, and matches addresses with the "
        "databases and lists on this machine, where these or the addresses are others. One run at a time; what is "
        "left of a day's budget is told while nothing can be asked."
    ),
)
@failing_in_one_line()
def unanswered_values(
    context: dg.SensorEvaluationContext, warehouse: WarehouseResource
) -> dg.RunRequest | dg.SkipReason:
    usable_settings()
    settings = configured().enrichment
    if not settings.is_on:
        return dg.SkipReason(OFF)
    if reason := _why_not_now(context.instance):
        return dg.SkipReason(reason)
    with warehouse.open() as database:
        now = now_us()
        found = waiting(database, settings, now=now)
        may_ask = any(_may_ask(each, now) for each in found)
        if may_ask or any(plan.is_due for plan in plan_matching(database, settings.local)):
            return dg.RunRequest(tags={"dagster/priority": "-2"})
    return dg.SkipReason(_told(found))


def _may_ask(service: Waiting, now: int) -> bool:
    """Whether values are due, or days to be looked through for some, and the service may be called soon."""
    is_resting = service.waits is not None and service.waits.until > now + _SOON_US
    return bool(service.new_days) or (service.backlog > 0 and not is_resting)


def _told(services: list[Waiting]) -> str:
    resting = [(each, each.waits.until) for each in services if each.backlog and each.waits is not None]
    if not resting:
        return "nothing waits for a service, and every address is matched" if services else "no service is asked"
    return "; ".join(f"{each.title}: {each.backlog:,} wait until {iso_us(until)}" for each, until in resting)


def _why_not_now(instance: dg.DagsterInstance) -> str | None:
    """Why no run is asked for now, whatever waits."""
    if instance.get_run_ids(dg.RunsFilter(job_name=enrich.name, statuses=IN_WORK), limit=1):
        return "a run that asks is in work"
    lately = datetime.now(UTC) - REST_AFTER_FAILURE
    failed = dg.RunsFilter(job_name=enrich.name, statuses=[dg.DagsterRunStatus.FAILURE], updated_after=lately)
    return "a run that asks failed a moment ago" if instance.get_run_ids(failed, limit=1) else None
