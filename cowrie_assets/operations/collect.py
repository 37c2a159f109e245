"""What a machine with sensors does for a database elsewhere: store what its logs say, and leave all else to others."""

from cowrie_assets.database_url import DatabaseUrlError, read_database_url
from cowrie_assets.errors import UserError
from cowrie_assets.ingest.load import load
from cowrie_assets.ingest.load_result import LoadResult
from cowrie_assets.ingest.other_machines import missed_sentences
from cowrie_assets.operations.ingest import logs_to_read, outside
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse


class CollectError(UserError):
    """This machine is not set up for collecting; the message says what to set."""


def require_collector(settings: Settings) -> None:
    """Raises CollectError where it has no name, or where the database is a file of its own."""
    if not settings.collector:
        raise CollectError(
            "this machine needs a name of its own, which stays the same for good, or its logs are read once more: "
            'set COWRIE_COLLECTOR, for example to what "hostname -s" says'
        )
    try:
        engine = read_database_url(settings.database_url).get_backend_name()
    except DatabaseUrlError:
        return  # told by whoever opens it
    if engine == "sqlite":
        raise CollectError(
            "COWRIE_DATABASE_URL names a file: `collect` loads into a PostgreSQL that several machines share; "
            "for a database on this machine there is `cowrie-assets ingest`"
        )


def collect(warehouse: Warehouse, settings: Settings, *, progress: ProgressSink = silent) -> LoadResult:
    """Load what is new in this machine's logs, each event once, whatever other machines load meanwhile. No summary is
    computed: the machine with Dagster finds the days that wait.

    Raises DiscoveryError where there is no log.
    """
    found = logs_to_read(settings)
    loaded = load(warehouse, settings, logs=found.logs, mode="delta", progress=progress)
    loaded.warnings[:0] = [*missed_sentences(warehouse, settings.collector, found), *found.warnings]
    loaded.warnings += outside(loaded, settings)
    return loaded
