"""Whether what shall be hashed or dropped past an age is, and whether the key is at hand."""

from datetime import timedelta

from sqlalchemy import select

from cowrie_assets import clock
from cowrie_assets.amounts import counted
from cowrie_assets.cowrie.privacy import Personal, Way
from cowrie_assets.health.finding import Finding
from cowrie_assets.ingest.treated_days import KeyNotAtHandError, read_key
from cowrie_assets.operations.privacy import due_days
from cowrie_assets.settings import PRIVACY_KEY, Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import treated_days
from cowrie_assets.warehouse.traces import may_have_traces

_SUBJECT = "privacy"
_A_DAY_LATE = timedelta(days=2)
"""The schedule runs once a day."""


def privacy_findings(settings: Settings, warehouse: Warehouse | None) -> list[Finding]:
    """What is to be said of hashing and dropping; nothing where it is off and never was done."""
    findings = []
    key = None
    if settings.privacy_key is not None:
        try:
            key = read_key(settings.privacy_key)
        except KeyNotAtHandError as error:
            findings.append(Finding(_SUBJECT, "error", str(error)))
    if warehouse is None:
        return findings
    with warehouse.read() as connection:
        rows = connection.execute(select(treated_days).order_by(treated_days.c.session_day)).all()
        has_traces = bool(rows) and may_have_traces(connection)
    hashed = [row for row in rows if row.way == Way.HASH]
    others = [row for row in hashed if key is None or bytes(row.key_mark) != key.mark]
    if others:
        told = f"{counted(len(others), 'day was', 'days were')} hashed with another key than {PRIVACY_KEY} names"
        findings.append(Finding(_SUBJECT, "warning", told, ("what is read again of them is dropped",)))
    if waiting := [row for row in rows if row.file_waits]:
        told = f"{counted(len(waiting), 'file')} of the archive wait to be written anew: run `cowrie-assets privacy`"
        findings.append(Finding(_SUBJECT, "error", told))
    if has_traces:
        told = "the database file may hold copies of what was removed: run `cowrie-assets db maintain --full`"
        findings.append(Finding(_SUBJECT, "warning" if settings.privacy_vacuum else "ok", told))
    findings += _late(settings, warehouse)
    if rows and not findings:
        days = {kind: [row.session_day for row in rows if row.kind == kind] for kind in Personal}
        told = ", ".join(
            f"{kind.name.lower()} up to {clock.day_of_number(of_kind[-1])}" for kind, of_kind in days.items() if of_kind
        )
        findings.append(Finding(_SUBJECT, "ok", f"hashed or dropped are {told}"))
    return findings


def _late(settings: Settings, warehouse: Warehouse) -> list[Finding]:
    ages = {Personal.PASSWORDS: settings.passwords_days, Personal.ADDRESSES: settings.addresses_days}
    last = {kind: clock.today() - timedelta(days=age) - _A_DAY_LATE for kind, age in ages.items() if age is not None}
    days = sorted({day for of_kind in due_days(warehouse, last).values() for day in of_kind})
    if not days:
        return []
    told = f"{counted(len(days), 'day')} from {days[0]} to {days[-1]} are past the age: run `cowrie-assets privacy`"
    return [Finding(_SUBJECT, "warning", told)]
