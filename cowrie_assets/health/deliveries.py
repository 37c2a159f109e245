"""Whether what goes out arrives: reports on the search server, digests and alerts, questions to services. It asks none
of them: what they said last stands in the warehouse."""

from collections.abc import Callable, Iterator

from cowrie_assets.amounts import age, counted
from cowrie_assets.configuration import Configuration
from cowrie_assets.enrichment.standing import standings
from cowrie_assets.errors import SettingsError
from cowrie_assets.health.finding import Finding
from cowrie_assets.notifications.outbox import outbox_rows
from cowrie_assets.printable import shown
from cowrie_assets.publishing.status import backlog
from cowrie_assets.warehouse.engine import Warehouse


def delivery_findings(configuration: Configuration, warehouse: Warehouse | None, now: int) -> Iterator[Finding]:
    """A finding for each of the three that is configured. `now` is in microseconds since 1970-01-01 UTC."""
    if warehouse is None:
        return
    looks: tuple[Callable[[Configuration, Warehouse, int], Iterator[Finding]], ...] = (_services, _publishing, _digests)
    for look in looks:
        try:
            yield from look(configuration, warehouse, now)
        except SettingsError:
            continue  # told among the settings


def _services(configuration: Configuration, warehouse: Warehouse, now: int) -> Iterator[Finding]:
    on = [standing for standing in standings(warehouse, configuration.enrichment, now=now) if standing.off is None]
    for standing in on:
        if standing.is_failing:
            yield Finding(
                "services",
                "warning",
                f"{standing.title} failed when it was asked last: {shown(standing.last_error or '')}",
                ("to mend: `cowrie-assets enrich status` shows its budgets; it is asked again by itself",),
            )
    if on and not any(standing.is_failing for standing in on):
        waiting = sum(standing.backlog for standing in on)
        yield Finding("services", "ok", f"{counted(len(on), 'service')} asked, {counted(waiting, 'value')} wait")


def _publishing(configuration: Configuration, warehouse: Warehouse, now: int) -> Iterator[Finding]:
    destination = configuration.publishing
    if destination is None:
        return
    with warehouse.read() as connection:
        waits = backlog(connection, destination.product, now)
    are = counted(waits.reports, "report waits", "reports wait")
    if waits.error is not None:
        since = f" for {age(now - waits.oldest)}" if waits.oldest is not None else ""
        yield Finding(
            "publishing",
            "warning",
            f"{are}{since}: {shown(waits.error)}",
            ("to mend: `cowrie-assets publication check` asks the server; what waits is tried again by itself",),
        )
    else:
        yield Finding("publishing", "ok", f"{destination.product} at {destination.label}: {are}")


def _digests(configuration: Configuration, warehouse: Warehouse, now: int) -> Iterator[Finding]:
    channels = {channel.name for channel in configuration.notifications.channels}
    if not channels:
        return
    with warehouse.read() as connection:
        rows = [row for row in outbox_rows(connection) if row.channel in channels]
    failed = [row for row in rows if row.attempts]
    for channel in sorted({row.channel for row in failed}):
        of_channel = [row for row in failed if row.channel == channel]
        yield Finding(
            "digests",
            "warning",
            f"{channel} did not take {counted(len(of_channel), 'message')}: {shown(of_channel[0].error or '')}",
            ("to mend: `cowrie-assets digest test` sends one; what failed is tried again by itself",),
        )
    if not failed:
        yield Finding("digests", "ok", f"{', '.join(sorted(channels))}: nothing failed")
