"""`cowrie-assets digest`: what is told to people and programs by itself, and whether it arrived."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import configured, open_warehouse
from cowrie_assets.cli.printing import count, counted
from cowrie_assets.printable import printable, printable_lines
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, ReportType, parse_period

if TYPE_CHECKING:
    from cowrie_assets.notifications.dispatch import Delivery, Dispatch
    from cowrie_assets.notifications.outbox import OutboxRow
    from cowrie_assets.notifications.settings import NotificationSettings

_CHANNELS = ("email", "slack", "webhook")
_SHOWN_ROWS = 30
_channel = click.option(
    "--channel",
    "channels",
    type=click.Choice(_CHANNELS),
    multiple=True,
    help="By this channel only; may be given more than once. All that are configured, unless told otherwise.",
)


@click.group()
def digest() -> None:
    """One message a day, week and month after its report is complete, and alerts of failed runs and checks.

    Channels are configured by the environment: COWRIE_SMTP_URL with COWRIE_DIGEST_FROM and COWRIE_DIGEST_TO,
    COWRIE_SLACK_WEBHOOK, COWRIE_WEBHOOK_URL. Secrets are given by reference: env:NAME, file:/path, op://..., and so on.

    \b
    Examples:
      cowrie-assets digest test
      cowrie-assets digest send
      cowrie-assets digest status
    """


@digest.command()
@click.argument("report_type", metavar="[daily|weekly|monthly", type=click.Choice(REPORT_TYPES), required=False)
@click.argument("period", metavar="PERIOD]", required=False)
@_channel
@click.option("--again", is_flag=True, help="Also where this period's digest was sent already.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent; send and note nothing.")
def send(
    report_type: ReportType | None, period: str | None, channels: tuple[str, ...], again: bool, dry_run: bool
) -> None:
    """Send what is due: digests of complete reports that ended a short while ago, and alerts that wait.

    With a period, send its digest now, however long ago it ended. Exit code 1 where something was not taken; it is
    kept and tried again.

    \b
    Examples:
      cowrie-assets digest send
      cowrie-assets digest send daily 2026-08-31 --dry-run
      cowrie-assets digest send weekly 2026-W36 --channel email --again
    """
    wanted = _period(report_type, period)
    if again and wanted is None:
        raise click.UsageError("--again needs a period: what is due was not sent yet")
    with _dispatch(channels) as dispatch:
        if dry_run:
            _print_messages(dispatch, wanted)
        elif wanted is None:
            _print_deliveries(dispatch.send_due(), otherwise="nothing is due")
        else:
            sent_before = f"the digest of {wanted.label} was sent before; --again sends it once more"
            _print_deliveries(dispatch.send_digest(wanted, again=again), otherwise=sent_before)


@digest.command()
def status() -> None:
    """Show what waits, what was sent, and what did not arrive and why.

    \b
    Example:
      cowrie-assets digest status
    """
    from cowrie_assets.notifications.outbox import outbox_rows
    from cowrie_assets.notifications.settings import OFF

    told = configured().notifications
    alerts = "with alerts" if told.alerts else "without alerts"
    click.echo(
        f"channels: {', '.join(told.channel_names)}; digests: {', '.join(told.periods)}; {alerts}"
        if told.channels
        else OFF
    )
    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        rows = outbox_rows(connection)
    for row in rows[:_SHOWN_ROWS]:
        click.echo(_outbox_row(row))
    if len(rows) > _SHOWN_ROWS:
        click.echo(f"and {count(len(rows) - _SHOWN_ROWS)} more")


@digest.command()
@_channel
def test(channels: tuple[str, ...]) -> None:
    """Send a test message by each channel. Exit code 1 where one was not taken.

    \b
    Examples:
      cowrie-assets digest test
      cowrie-assets digest test --channel slack
    """
    from cowrie_assets.clock import now_us
    from cowrie_assets.notifications.message import DeliveryError, trial_message
    from cowrie_assets.notifications.outbox import Due

    failed = 0
    for channel in _chosen(channels).channels:
        now = now_us()
        try:
            remark = channel.send(trial_message(key=Due(channel.name, "test", sent_at=now).key, at_us=now))
            click.echo(f"{channel.name}: taken{f', but {printable(remark)}' if remark else ''}")
        except DeliveryError as error:
            failed += 1
            click.echo(f"{channel.name}: {printable(str(error))}", err=True)
    if failed:
        raise click.ClickException(f"{failed} of the test messages did not get through")


def _period(report_type: ReportType | None, label: str | None) -> Period | None:
    if report_type is None:
        return None
    if label is None:
        raise click.UsageError(f"{report_type} needs a period, for example: cowrie-assets digest send daily 2026-08-31")
    try:
        return parse_period(report_type, label)
    except PeriodError as error:
        raise click.UsageError(str(error)) from error


def _chosen(channels: tuple[str, ...]) -> "NotificationSettings":
    """The settings with the wanted channels only. Raises an error where one is not configured, or none at all."""
    from cowrie_assets.notifications.settings import OFF

    settings = configured().notifications
    if not settings.channels:
        raise click.ClickException(OFF)
    missing = sorted(set(channels) - set(settings.channel_names))
    if missing:
        raise click.ClickException(f"not configured: {', '.join(missing)}")
    chosen = tuple(channel for channel in settings.channels if not channels or channel.name in channels)
    return replace(settings, channels=chosen)


@contextmanager
def _dispatch(channels: tuple[str, ...]) -> Iterator["Dispatch"]:
    from cowrie_assets.notifications.dispatch import Dispatch

    notified = _chosen(channels)
    with open_warehouse() as (settings, warehouse):
        yield Dispatch(warehouse, notified, settings)


def _print_messages(dispatch: "Dispatch", wanted: Period | None) -> None:
    from cowrie_assets.notifications.message import DeliveryError

    dues = dispatch.waiting() if wanted is None else dispatch.asked_for(wanted)
    failed = 0
    for due in dues:
        try:
            text = dispatch.compose(due).text()
        except DeliveryError as error:
            failed += 1
            text = f"It could not be sent: {error}\n"
        click.echo(f"--- {printable(due.subject)} by {due.channel}\n\n{printable_lines(text)}")
    if not dues:
        click.echo("nothing is due")
    if failed:
        raise click.ClickException(f"{count(failed)} of {counted(len(dues), 'message')} cannot be made")


def _print_deliveries(deliveries: list["Delivery"], *, otherwise: str) -> None:
    for delivery in deliveries:
        place = f"{printable(delivery.subject)} by {delivery.channel}"
        if delivery.error is None:
            click.echo(f"{place}: sent{f', but {printable(delivery.remark)}' if delivery.remark else ''}")
        else:
            again = f"; tried again at {_time(delivery.next_attempt_at)}"
            click.echo(f"{place}: {printable(delivery.error)}{again}", err=True)
    failed = sum(delivery.error is not None for delivery in deliveries)
    if failed:
        raise click.ClickException(
            f"{count(failed)} of {counted(len(deliveries), 'message')} not taken: kept for the next try"
        )
    if not deliveries:
        click.echo(otherwise)


def _outbox_row(row: "OutboxRow") -> str:
    place = f"{printable(row.subject)} by {row.channel}"
    sent = f"sent {_time(row.sent_at)}" if row.sent_at else "not sent yet"
    waits = f", {count(row.waiting)} waiting for {_time(row.next_attempt_at)}" if row.next_attempt_at else ""
    failed = f", failed {counted(row.attempts, 'time')}" if row.attempts else ""
    return f"{place}: {sent}{waits}{failed}{f' ({printable(row.error)})' if row.error else ''}"


def _time(us: int | None) -> str:
    from cowrie_assets.clock import iso_us

    return "-" if us is None else f"{iso_us(us)[:19]}Z"
