"""What services and lists outside say of files and addresses, and how far they were asked.

A run asks for some minutes at most, and never fails because a service does: what waits, waits in the warehouse with its
reason, the checks say so, and the sensor `unanswered_values` asks again within the budgets. Runs stand in a queue of
their own, so that no loader waits for one: they write verdicts of single values, side by side with the loaders.
"""

from collections.abc import Sequence
from functools import partial

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND, iso_us, now_us
from cowrie_assets.defs.describe import OWNERS, row_table, top_table
from cowrie_assets.defs.figures import Metadata
from cowrie_assets.defs.made_by import code_version
from cowrie_assets.defs.materialize import PASSING_FAULTS, faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource, configured
from cowrie_assets.enrichment.access import accesses
from cowrie_assets.enrichment.answers import Kind, Status
from cowrie_assets.enrichment.coverage import Coverage, Judged, coverage, downloads
from cowrie_assets.enrichment.download_folders import download_folders, is_download_folder
from cowrie_assets.enrichment.downloads import examine_downloads
from cowrie_assets.enrichment.matching import Matched, match_addresses, plan_matching
from cowrie_assets.enrichment.services import SERVICES
from cowrie_assets.enrichment.source_states import SourceState, sources_of
from cowrie_assets.enrichment.standing import Standing, standings
from cowrie_assets.enrichment.wanted import Wanted
from cowrie_assets.enrichment.working_off import Worked, work_off
from cowrie_assets.enrichment.yara_rules import read_rules
from cowrie_assets.printable import shown
from cowrie_assets.reports.averages import share

ENRICHMENT_POOL = "enrichment"
OFF = "enrichment is off: COWRIE_ENRICHMENT says so"
LONGEST_BACKLOG_US = 7 * US_PER_DAY
_TOP = 10
_LONGEST_US = 300 * US_PER_SECOND
"""How long an asset asks: what is left is due at the sensor's next tick."""
_SERVICES_OF_FILES = frozenset(
    name for name, service in SERVICES.items() if {lookup.kind for lookup in service.lookups} == {Kind.FILE}
)
"""Those that are asked about files alone; the others are asked by `address_enrichment`."""


@dg.asset(
    description=(
        "What services say of files, by their SHA-256: nothing is ever uploaded. Asked is what was seen last first, "
        "within the budgets of each service, five minutes a run at most. A service without its key is off."
    ),
    deps=["files"],
    group_name="enrichment",
    owners=OWNERS,
    tags={"layer": "enrichment"},
    code_version=code_version("file_enrichment"),
    pool=ENRICHMENT_POOL,
    retry_policy=PASSING_FAULTS,
)
def file_enrichment(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    return _enriched(context, warehouse, sorted(_SERVICES_OF_FILES), matches=False)


@dg.asset(
    description=(
        "What databases and lists on this machine (COWRIE_MMDB, COWRIE_ADDRESS_LISTS) and services say of source "
        "addresses: where they are, who names them. Services that say something of several things are asked here too. "
        "Only valid public addresses leave the machine, five minutes a run at most."
    ),
    deps=["session_summaries"],
    group_name="enrichment",
    owners=OWNERS,
    tags={"layer": "enrichment"},
    code_version=code_version("address_enrichment"),
    pool=ENRICHMENT_POOL,
    retry_policy=PASSING_FAULTS,
)
def address_enrichment(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    return _enriched(context, warehouse, sorted(SERVICES.keys() - _SERVICES_OF_FILES), matches=True)


@dg.asset(
    description=(
        "The files that attackers left, as they lie in the downloads' folders (COWRIE_DOWNLOADS_DIR, or beside the "
        "logs): their bytes are read as data, never run. Type, size, digests, strings, the user's own YARA-X rules; "
        "files that no event names, and those whose name is not their SHA-256. A file that is known is not read again."
    ),
    deps=["files"],
    group_name="enrichment",
    owners=OWNERS,
    tags={"layer": "enrichment"},
    code_version=code_version("downloaded_files"),
    pool=ENRICHMENT_POOL,
    retry_policy=PASSING_FAULTS,
)
def downloaded_files(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.MaterializeResult[None]:
    with faults_named():
        enrichment, base = configured().enrichment, settings.read()
        if not enrichment.is_on:
            return _off(context)
        rules = None if enrichment.yara_rules is None else read_rules(enrichment.yara_rules)
        folders = download_folders(base, enrichment.downloads_dir)
        with warehouse.open() as database:
            examined = examine_downloads(
                database,
                folders,
                collector=base.collector,
                is_wanted=partial(is_download_folder, base, enrichment.downloads_dir),
                rules=rules,
                progress=log_progress(context),
            )
            with database.read() as connection:
                lying = downloads(connection, most=_TOP)
    for fault in examined.faults:
        context.log.warning(shown(fault))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": lying.files,
            "folders": len(folders),
            "files_read": examined.read,
            "contents_examined": examined.examined,
            "files_gone": examined.gone,
            "files": lying.files,
            "contents": lying.contents,
            "bytes": lying.bytes,
            "named_by_no_event": lying.named_by_no_event,
            "named_wrongly": lying.named_wrongly,
            "unreadable": lying.unreadable,
            "types": top_table("type", "contents", lying.by_type),
        }
    )


@dg.asset(
    description=(
        "How much is known of all that is stored: of how many files and addresses services answered, what they say, "
        "of how many addresses a place is known, what waits and when it will be done."
    ),
    deps=[file_enrichment, address_enrichment, downloaded_files],
    group_name="enrichment",
    owners=OWNERS,
    tags={"layer": "enrichment"},
    code_version=code_version("enrichment_coverage"),
    pool=ENRICHMENT_POOL,
    retry_policy=PASSING_FAULTS,
)
def enrichment_coverage(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    with faults_named():
        settings = configured().enrichment
        if not settings.is_on:
            return _off(context)
        with warehouse.open() as database:
            stands = standings(database, settings)
            with database.read() as connection:
                known, sources = coverage(connection), sources_of(connection)
    return dg.MaterializeResult(metadata=_coverage_figures(stands, known, sources))


def _enriched(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, services: Sequence[str], *, matches: bool
) -> dg.MaterializeResult[None]:
    """Ask some services about what is due; where it `matches`, match addresses with files on this machine before."""
    with faults_named():
        settings = configured().enrichment
        if not settings.is_on:
            return _off(context)
        chosen = [access for access in accesses(settings) if access.name in services]
        progress = log_progress(context)
        with warehouse.open() as database:
            matched = match_addresses(database, settings.local, progress=progress) if matches else []
            wanted = Wanted(until=now_us() + _LONGEST_US)
            worked = work_off(database, chosen, wanted, progress=progress) if chosen else []
            stands = [each for each in standings(database, settings) if each.service in services]
    for each in worked:
        if each.error is not None:
            context.log.warning(f"{each.service}: it {shown(each.error)}")
    for fault in (fault for each in matched for fault in each.faults):
        context.log.warning(shown(fault))
    return dg.MaterializeResult(metadata=_figures(stands, worked, matched))


def _off(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    context.log.info(OFF)
    return dg.MaterializeResult(metadata={"state": OFF})


def _figures(stands: Sequence[Standing], worked: Sequence[Worked], matched: Sequence[Matched]) -> Metadata:
    """What the run did, and for each service that is on what waits and what is left of its day."""
    on = [each for each in stands if each.off is None]
    return {
        "answered": sum(each.answered for each in worked),
        "failed": sum(each.failed for each in worked),
        "skipped": sum(each.skipped for each in worked),
        "calls": sum(each.calls for each in worked),
        **{f"addresses_matched_{each.service}": each.addresses for each in matched},
        **{f"{each.service}_backlog": each.backlog for each in on},
        **{f"{each.service}_calls_left_today": each.day.left for each in on if each.day is not None},
        "services": row_table([_row(each) for each in _on_first(stands)]),
    }


def _coverage_figures(stands: Sequence[Standing], known: Coverage, sources: Sequence[SourceState]) -> Metadata:
    files = known.judged.get((Kind.FILE, "virustotal"), Judged())
    on = [each for each in stands if each.off is None]
    shares = {each.service: _answered_percent(each) for each in on}
    return {
        "addresses": known.addresses,
        "addresses_with_place": known.placed,
        "addresses_named_by_lists": known.tagged,
        "files_malicious": files.malicious,
        "files_clean": files.clean,
        "files_unknown": files.unknown,
        "backlog": sum(each.backlog for each in on),
        **{f"{name}_answered_percent": percent for name, percent in shares.items() if percent is not None},
        "services": row_table([_row(each) | _said(each, known) for each in _on_first(stands)]),
        "sources": row_table([_source(each) for each in sources]),
    }


def _on_first(stands: Sequence[Standing]) -> list[Standing]:
    return sorted(stands, key=lambda each: each.off is not None)


def _answered_percent(standing: Standing) -> float | None:
    """Of the values that a service is to be asked about; None of none."""
    answered = standing.number(Status.ENRICHED)
    return share(answered, answered + standing.number(Status.PENDING) + standing.number(Status.FAILED))


def _row(standing: Standing) -> dict[str, object]:
    return {
        "service": standing.title,
        "state": "on" if standing.off is None else f"off: {standing.off}",
        "answered": standing.number(Status.ENRICHED),
        "failed": standing.number(Status.FAILED),
        "skipped": standing.number(Status.SKIPPED),
        "backlog": standing.backlog,
        "calls left today": None if standing.day is None else standing.day.left,
        "calls left in the month": None if standing.month is None else standing.month.left,
        "not called before": None if standing.waits is None else iso_us(standing.waits.until),
        "done at": None if standing.done_at is None else iso_us(standing.done_at),
        "last error": standing.last_error,
    }


def _said(standing: Standing, known: Coverage) -> dict[str, object]:
    said = [known.judged.get((kind, standing.service), Judged()) for kind in standing.kinds]
    return {"malicious": sum(each.malicious for each in said), "clean": sum(each.clean for each in said)}


def _source(source: SourceState) -> dict[str, object]:
    return {
        "service": source.service,
        "name": source.name,
        "kind": source.kind,
        "built at": None if source.built_at is None else iso_us(source.built_at),
        "entries": source.entries,
        "lines passed over": source.passed_over,
        "matched at": None if source.matched_at is None else iso_us(source.matched_at),
        "error": source.error,
    }


@dg.asset_check(
    asset=enrichment_coverage,
    description="The backlog of each service will be worked off within seven days, by its budgets.",
    retry_policy=PASSING_FAULTS,
)
def backlogs_are_worked_off(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    with faults_named():
        settings = configured().enrichment
        if not settings.is_on:
            return _passed(OFF)
        with warehouse.open() as database:
            now = now_us()
            stands = [each for each in standings(database, settings, now=now) if each.off is None and each.backlog]
    late = [each for each in stands if each.done_at is None or each.done_at > now + LONGEST_BACKLOG_US]
    if not late:
        return _passed(f"{counted(sum(each.backlog for each in stands), 'value waits', 'values wait')}")
    told = "; ".join(f"{each.title}: {each.backlog:,} until {_day(each.done_at)}" for each in late)
    return _warned(f"budgets do not keep up with what comes in: {told}", [_row(each) for each in late])


@dg.asset_check(
    asset=enrichment_coverage,
    description="The last call to each service brought an answer, or was one too many.",
    retry_policy=PASSING_FAULTS,
)
def services_answer(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    with faults_named():
        settings = configured().enrichment
        if not settings.is_on:
            return _passed(OFF)
        with warehouse.open() as database:
            failing = [each for each in standings(database, settings) if each.off is None and each.is_failing]
    if not failing:
        return _passed("every service that is on answers")
    told = "; ".join(f"{each.title} {shown(each.last_error or '')}" for each in failing)
    return _warned(told, [_row(each) for each in failing])


@dg.asset_check(
    asset=enrichment_coverage,
    description="Databases and lists of addresses on this machine can be read, and are not older than 30 days.",
    retry_policy=PASSING_FAULTS,
)
def sources_are_fresh(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    with faults_named():
        settings = configured().enrichment
        if not settings.is_on:
            return _passed(OFF)
        with warehouse.open() as database:
            faults = [fault for plan in plan_matching(database, settings.local) for fault in plan.faults]
            with database.read() as connection:
                sources = sources_of(connection)
    now = now_us()
    stale = [each for each in sources if each.is_stale(now)]
    ahead = [each for each in sources if each.is_ahead(now)]
    told = [
        *faults,
        *(f"{each.name} is of {_day(each.built_at)}" for each in stale),
        *(f"{each.name} says that it is of {_day(each.built_at)}, which is to come" for each in ahead),
    ]
    if not told:
        return _passed(counted(len(sources), "database or list", "databases and lists"))
    return _warned("; ".join(map(shown, told)), [_source(each) for each in (*stale, *ahead)])


CHECKS_OF_ENRICHMENT = [backlogs_are_worked_off, services_answer, sources_are_fresh]


def _passed(description: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True, description=description)


def _warned(description: str, rows: Sequence[dict[str, object]]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description=description,
        metadata={"rows": row_table(rows), "to_see_more": dg.MetadataValue.text("cowrie-assets enrich status")},
    )


def _day(us: int | None) -> str:
    return "an unknown day" if us is None else iso_us(us)[:10]
