"""Errors that a user can do something about, as one sentence each. Everything else is a bug and keeps its traceback."""


def sentence_of(error: Exception) -> str | None:
    """What to tell the user; None where `error` is a bug.

    The imports cost nothing here: what raised the error has loaded them.
    """
    from sqlalchemy.exc import DatabaseError, OperationalError

    from cowrie_assets.ingest.discovery import DiscoveryError
    from cowrie_assets.reports.periods import PeriodError
    from cowrie_assets.reports.sensors import UnknownSensorError
    from cowrie_assets.settings import SettingsError
    from cowrie_assets.ui.supervisor import ServiceEndedError
    from cowrie_assets.warehouse.errors import WarehouseError

    sentences = (
        SettingsError,
        WarehouseError,
        DiscoveryError,
        PeriodError,
        UnknownSensorError,
        ServiceEndedError,
    )
    if isinstance(error, sentences):
        return str(error)
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        first_line = str(error.orig).partition("\n")[0]  # the others, the statement and its values may be an attacker's
        return f"the database gave up: {first_line}"
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename is not None else str(error)
    return None
