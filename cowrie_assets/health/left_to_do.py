"""What a command that looks at other things tells beside them: logs that were not read, reports that are late."""

from cowrie_assets.amounts import counted, size
from cowrie_assets.clock import now_us
from cowrie_assets.health.reports import backfill_command, late_reports
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse


def left_to_do(warehouse: Warehouse, settings: Settings, *, names_unreadable: bool = True) -> list[str]:
    """A sentence with its command for each kind of work that is left; none where there is none.

    Where no log root is set nothing is said of logs; where it cannot be searched, that is. Without `names_unreadable`
    logs of which nothing can be read are left out: whoever reads them names them.
    """
    now = now_us()
    sentences = [] if settings.log_root is None else _of_logs(warehouse, settings, now, names_unreadable)
    with warehouse.read() as connection:
        older, unwritten = late_reports(connection, now)
    if older:
        are = counted(len(older), "report is out of date", "reports are out of date")
        sentences.append(f"{are}: `{backfill_command(older)}`")
    if unwritten:
        were = counted(len(unwritten), "report was never written", "reports were never written")
        sentences.append(f"{were}: `{backfill_command(unwritten)}`")
    return sentences


def _of_logs(warehouse: Warehouse, settings: Settings, now: int, names_unreadable: bool) -> list[str]:
    from cowrie_assets.health.observation import observe  # noqa: PLC0415  (a command without a log root needs neither)
    from cowrie_assets.health.unread import unread_logs, unreadable_logs, unreadable_sentence  # noqa: PLC0415

    observation = observe(settings, warehouse, now)
    if observation.root_fault is not None:
        return [observation.root_fault]
    unread = unread_logs(observation.logs)
    never = [log for log in unread if log.seen is None]
    grown = [log for log in unread if log.seen is not None]
    sentences = []
    if never:
        were = counted(len(never), "log was never read", "logs were never read")
        sentences.append(f"{were}, {size(sum(log.size for log in never))}: `cowrie-assets ingest`")
    if grown:
        have = counted(len(grown), "log has changed since it was read", "logs have changed since they were read")
        sentences.append(f"{have}, {size(sum(log.unread_bytes for log in grown))}: `cowrie-assets ingest`")
    if names_unreadable:
        sentences += [unreadable_sentence(*each) for each in sorted(unreadable_logs(observation.logs).items())]
    return sentences
