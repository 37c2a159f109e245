"""The job that sends digests and alerts. It writes the outbox only: it waits for no other writer while it sends."""

import dagster as dg

from cowrie_assets.clock import iso_us
from cowrie_assets.defs.materialize import faults_named
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource, configured
from cowrie_assets.notifications.dispatch import Delivery, Dispatch
from cowrie_assets.printable import shown


@dg.op(description="Sends what the outbox holds, by each channel that is configured; what fails is tried again later.")
def send_notifications(
    context: dg.OpExecutionContext, warehouse: WarehouseResource, settings: SettingsResource
) -> None:
    with faults_named(), warehouse.open() as database:
        dispatch = Dispatch(database, configured().notifications, settings.read())
        deliveries = dispatch.send_due()
    for delivery in deliveries:
        context.log.info(_line(delivery))
    failed = [delivery for delivery in deliveries if delivery.error is not None]
    if failed:
        raise dg.Failure("; ".join(map(_line, failed)), allow_retries=False)


def _line(delivery: Delivery) -> str:
    if delivery.error is None:
        return f"{shown(delivery.subject)} sent by {delivery.channel}: {shown(delivery.remark or 'taken')}"
    again = "" if delivery.next_attempt_at is None else f"; tried again at {iso_us(delivery.next_attempt_at)}"
    return f"{shown(delivery.subject)} not sent by {delivery.channel}: {shown(delivery.error)}{again}"


@dg.job(description="Send the digests and alerts that are due, by mail, Slack or webhook.")
def send_digests() -> None:
    send_notifications()
