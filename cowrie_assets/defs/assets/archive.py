"""The archive: raw events of settled days as Parquet files, and when they are old in these alone.

A day is sealed, written to its file, which is read back, and taken out of the warehouse once it is as old as
`COWRIE_PRUNE_AFTER_DAYS` says. The schedule `archive_old_days` asks for the days that are old enough.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import dagster as dg

from cowrie_assets.archives.places import open_place
from cowrie_assets.clock import today
from cowrie_assets.defs.assets.logs import RAW_EVENTS
from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.defs.describe import OWNERS, WRITER_POOL
from cowrie_assets.defs.figures import Metadata
from cowrie_assets.defs.made_by import code_version
from cowrie_assets.defs.materialize import PASSING_FAULTS, each_partition, faults_named
from cowrie_assets.defs.partitions import DAILY, DAYS_A_RUN, FIRST_DAY
from cowrie_assets.defs.resources import WarehouseResource, configured
from cowrie_assets.operations.archive import archive, archived_days, prune
from cowrie_assets.operations.archive_check import NAME, PROMISE, check_archive
from cowrie_assets.operations.positions import MadeFrom, made_from_seals
from cowrie_assets.operations.seal import seal
from cowrie_assets.progress import Tell
from cowrie_assets.reports.averages import share

ARCHIVE = "raw_event_archive"
_ONE_DAY = timedelta(days=1)


@dg.asset(
    name=ARCHIVE,
    description=(
        "The raw events of a sealed day as a Parquet file below COWRIE_ARCHIVE_URL, read back and proved by the day's "
        "seal. A day is sealed by this: it takes no more events. From COWRIE_PRUNE_AFTER_DAYS on the file alone has "
        "them; summaries and reports stay, and `cowrie-assets query` reads both."
    ),
    deps=[RAW_EVENTS, *SUMMARY_NAMES],
    partitions_def=DAILY,
    backfill_policy=DAYS_A_RUN,
    group_name="archive",
    kinds={"parquet"},
    owners=OWNERS,
    tags={"layer": "archive"},
    code_version=code_version(ARCHIVE),
    pool=WRITER_POOL,
    retry_policy=PASSING_FAULTS,
)
def raw_event_archive(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    with faults_named(), warehouse.open() as database:
        settings = configured().archives
        place = open_place(settings)

        def one_day(key: str, tell: Tell) -> Metadata:
            day = date.fromisoformat(key)
            first, behind = None if day <= FIRST_DAY else day, day + _ONE_DAY
            tell("seal")
            seal(database, first, day)
            tell("archive")
            written = archive(database, place, first, behind)
            if settings.prune_after is not None and day <= today() - timedelta(days=settings.prune_after):
                tell("prune")
                prune(database, place, first, behind)
            days = list(archived_days(database, place, first, behind))
            files = [each.file for each in days if each.file is not None]
            size, payloads = sum(file.size_bytes for file in files), sum(file.payload_bytes for file in files)
            return {
                "dagster/partition_row_count": sum(file.events for file in files),
                "file_bytes": size,
                "payload_bytes": payloads,
                "percent_of_payloads": share(size, payloads),
                "files": len(files),
                "files_written": len(written.days),
                "left_the_warehouse": sum(each.has_left for each in days),
            }

        def made_from(keys: Iterable[str]) -> MadeFrom:
            with database.read() as connection:
                return made_from_seals(connection, map(date.fromisoformat, keys))

        return each_partition(context, one_day, made_from)


@dg.asset_check(asset=raw_event_archive, name=NAME, description=f"{PROMISE.capitalize()}.", retry_policy=PASSING_FAULTS)
def archive_holds_what_left(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    with faults_named(), warehouse.open() as database:
        settings = configured().archives
        found = check_archive(database, None if settings.url is None else open_place(settings))
    metadata = {} if found.mend is None else {"to_mend": dg.MetadataValue.text(found.mend)}
    return dg.AssetCheckResult(
        passed=found.passed, description=found.summary, metadata={"differences": found.differences, **metadata}
    )
