"""Sending what is due: each notification is claimed, sent and recorded for itself; one that fails holds up no other."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cowrie_assets import clock
from cowrie_assets.notifications import outbox
from cowrie_assets.notifications.alerts import Alert, alert_message, alert_of_json
from cowrie_assets.notifications.digest import DigestLinks, digest_message
from cowrie_assets.notifications.message import DeliveryError, Message
from cowrie_assets.notifications.outbox import Due
from cowrie_assets.notifications.settings import NotificationSettings
from cowrie_assets.reports.files import report_path
from cowrie_assets.reports.links import index_url, report_url
from cowrie_assets.reports.periods import Period
from cowrie_assets.reports.sensors import AGGREGATE
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

_TOO_LATE = "taken, but so late that another process may have sent it too"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the sending of one notification ended. Times are in microseconds since 1970-01-01 UTC."""

    channel: str
    subject: str
    error: str | None = None
    """None where it was taken."""
    next_attempt_at: int | None = None
    """When it is tried again, where it was not taken."""
    remark: str | None = None
    """The receiver's reservation, where it was taken with one."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Where messages come from, and by what they go."""

    warehouse: Warehouse
    notified: NotificationSettings
    settings: Settings
    now: Callable[[], int] = clock.now_us

    def waiting(self) -> list[Due]:
        """What `send_due` would send. Notes nothing."""
        names, now = self.notified.channel_names, self.now()
        with self.warehouse.read() as connection:
            missing = outbox.unqueued_digests(connection, names, self.notified.periods, now)
            return [*(Due(*each) for each in missing), *outbox.due(connection, names, now)]

    def asked_for(self, period: Period) -> list[Due]:
        """What `send_digest` would send. Notes nothing."""
        return [Due(name, outbox.digest_subject(period)) for name in self.notified.channel_names]

    def note(self, alerts: Iterable[Alert]) -> None:
        """Note what went wrong; `send_due` tells it, of one subject once an hour."""
        outbox.queue_alerts(self.warehouse, self.notified.channel_names, alerts, self.now())

    def send_due(self) -> list[Delivery]:
        """Send every digest that is due and every alert that waits, by each channel; gives how each ended."""
        outbox.queue_digests(self.warehouse, self.notified.channel_names, self.notified.periods, self.now())
        return self._send(lambda _: True)

    def send_digest(self, period: Period, *, again: bool = False) -> list[Delivery]:
        """Send the digest of `period` now, however long ago it ended; one that was sent already only with `again`."""
        outbox.queue_digest_at_once(self.warehouse, self.notified.channel_names, period, self.now(), again=again)
        return self._send(lambda due: due.period == period)

    def compose(self, due: Due) -> Message:
        """The message of a notification. Raises DeliveryError where there is no report that could be told."""
        if due.period is not None:
            return self._digest(due.period, due.key)
        if due.content is None:
            raise DeliveryError(f"nothing is known of {due.subject}")
        return alert_message(alert_of_json(due.content), occurrences=due.waiting, key=due.key, at_us=self.now())

    def _send(self, is_wanted: Callable[[Due], bool]) -> list[Delivery]:
        with self.warehouse.read() as connection:
            waiting = filter(is_wanted, outbox.due(connection, self.notified.channel_names, self.now()))
        claimed = (outbox.claim(self.warehouse, due, self.now()) for due in waiting)
        return [self._send_one(due) for due in claimed if due is not None]

    def _send_one(self, due: Due) -> Delivery:
        (channel,) = (channel for channel in self.notified.channels if channel.name == due.channel)
        try:
            remark = channel.send(self.compose(due))
        except DeliveryError as error:
            again_at = outbox.record_failed(self.warehouse, due, self.now(), str(error), error.retry_after)
            return Delivery(due.channel, due.subject, str(error), again_at)
        is_recorded = outbox.record_sent(self.warehouse, due, self.now(), remark)
        return Delivery(due.channel, due.subject, remark=remark if is_recorded else _TOO_LATE)

    def _digest(self, period: Period, key: str) -> Message:
        path = report_path(self.settings.report_dir, period.report_type, period.label, AGGREGATE)
        try:
            document = json.loads(path.read_bytes())
            if not document["complete"]:
                raise DeliveryError(f"the report {path} is not complete: the period runs, or a day of it is missing")
            page = path.with_suffix(".html")
            whole = (page if page.exists() else path).resolve()
            return digest_message(
                document,
                key=key,
                at_us=self.now(),
                page=whole,
                masked=self.settings.mask_passwords,
                links=self._links(period),
            )
        except FileNotFoundError:
            trouble = "is not there"
        except OSError as error:
            trouble = f"cannot be read: {error.strerror}"
        except (KeyError, TypeError, ValueError) as error:
            trouble = f"is not as this version writes it ({type(error).__name__}: {error})"
        command = f"cowrie-assets report {period.report_type} {period.label} --output {self.settings.report_dir}"
        raise DeliveryError(f"the report {path} {trouble}; `{command}` writes it anew")

    def _links(self, period: Period) -> DigestLinks | None:
        """None without COWRIE_REPORT_URL: what is served on this machine only opens nothing in somebody's mail."""
        if self.settings.report_url is None:
            return None
        return DigestLinks(report_url(self.settings, period), index_url(self.settings))
