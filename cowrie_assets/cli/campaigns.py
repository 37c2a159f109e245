"""`cowrie-assets campaigns`: sessions that belong together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import click

from cowrie_assets.cli.parameters import DAY, open_warehouse, require_order
from cowrie_assets.cli.printing import count, counted, printable_json, table
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import Connection

    from cowrie_assets.campaigns.listing import Campaign, Counted, SessionName, Told
    from cowrie_assets.campaigns.longtail import RareSession
    from cowrie_assets.campaigns.snowshoe import Snowshoe
    from cowrie_assets.campaigns.window import Window

_WIDTH = 14
_OUTDATED = "Days changed since the campaigns were put together: see `cowrie-assets campaigns update`."
_FORMAT = click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.group(short_help="Sessions that belong together.")
def campaigns() -> None:
    """Sessions that did the same, or that the same key, wallet, file, host or rare credential joins, across sensors and
    days; docs/CAMPAIGNS.md defines them.

    \b
    Examples:
      cowrie-assets campaigns update
      cowrie-assets campaigns list --since 2026-08-25
      cowrie-assets campaigns show 1f6a20b3c4d5
      cowrie-assets campaigns snowshoe --from 2026-08-25
      cowrie-assets campaigns longtail --top 10
    """


@campaigns.command(short_help="Bring campaigns up to date with the summaries.")
@click.option(
    "--anew", is_flag=True, help="Look at every day and campaign anew, whatever is stored: where a check fails."
)
def update(*, anew: bool) -> None:
    """Bring campaigns up to date with what is summarised. The asset `campaigns` does the same each hour.

    \b
    Examples:
      cowrie-assets campaigns update
      cowrie-assets campaigns update --anew
    """
    from cowrie_assets.campaigns.update import update_campaigns
    from cowrie_assets.reports.rare_noting import note_rare

    with open_warehouse() as (_, warehouse), shown_progress() as progress:
        click.echo(f"{update_campaigns(warehouse, anew=anew, progress=progress).sentence}.")
        note_rare(warehouse, progress=progress)


@campaigns.command("list", short_help="The largest campaigns.")
@click.option("--since", metavar="DAY", type=DAY, help="Those that had a session on this day or later.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="So many at most.")
@_FORMAT
def list_(since: date | None, limit: int, output_format: str) -> None:
    """List the largest campaigns: each with what is distinctive of it, its sessions and where they came from.

    `this week` counts the sessions of the seven days up to the newest one, `before` those of the week before.

    \b
    Examples:
      cowrie-assets campaigns list
      cowrie-assets campaigns list --since 2026-08-25 --format json
    """
    from cowrie_assets.campaigns import listing
    from cowrie_assets.campaigns.update import are_current
    from cowrie_assets.clock import US_PER_DAY, day_number

    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        since_us = None if since is None else day_number(since) * US_PER_DAY
        found = listing.campaigns(connection, most=limit, since_us=since_us)
        is_current = are_current(connection)
    if output_format == "json":
        _print_json(found)
    elif found:
        click.echo("\n".join(table([_row(each) for each in found])))
    else:
        click.echo("There is no campaign.")
    if not is_current:
        click.echo(_OUTDATED, err=True)


@campaigns.command(short_help="All that is known of one campaign.")
@click.argument("campaign_id", metavar="ID")
@_FORMAT
def show(campaign_id: str, output_format: str) -> None:
    """Tell what a campaign does, whence it comes, what its sessions have in common, and which to look at.

    ID is that of a list; one that became part of another leads there. JSON has passwords as they are, also with
    COWRIE_MASK_PASSWORDS.

    \b
    Example:
      cowrie-assets campaigns show 1f6a20b3c4d5
    """
    from cowrie_assets.campaigns import listing

    with open_warehouse() as (settings, warehouse), warehouse.read() as connection:
        told = listing.campaign(connection, campaign_id)
    if told is None:
        raise click.ClickException(f"there is no campaign {shown(campaign_id)}: see `cowrie-assets campaigns list`")
    if output_format == "json":
        _print_json(told)
        return
    click.echo("\n".join(_lines(told, masks=settings.mask_passwords)))


_Command = TypeVar("_Command", bound=Callable[..., None])


def _window_options(command: _Command) -> _Command:
    """The options of both that look at a window."""
    for option in (
        _FORMAT,
        click.option("--top", type=click.IntRange(1, 10_000), default=20, show_default=True, help="So many at most."),
        click.option("--sensor", metavar="NAME", help="The sessions of this sensor only."),
        click.option("--to", "last", metavar="DAY", type=DAY, help="Last day; without it, that of the newest session."),
        click.option(
            "--from", "first", metavar="DAY", type=DAY, help="First day; without it, six days before the last."
        ),
    ):
        command = option(command)
    return command


@campaigns.command(short_help="Campaigns of many addresses that hardly ever come.")
@_window_options
def snowshoe(*, first: date | None, last: date | None, sensor: str | None, top: int, output_format: str) -> None:
    """List the campaigns that spread over many addresses, each of which came once or twice; docs/RARE.md defines them.

    \b
    Examples:
      cowrie-assets campaigns snowshoe
      cowrie-assets campaigns snowshoe --from 2026-08-01 --to 2026-08-31 --format json
    """
    from cowrie_assets.campaigns.snowshoe import document_of, snowshoes

    with _looked_at(first, last, sensor) as (connection, window):
        found = snowshoes(connection, window, top)
    if output_format == "json":
        _print_document(document_of(found, window))
    elif found:
        click.echo("\n".join(line for each in found for line in _snowshoe_lines(each)))
    else:
        click.echo(f"There is no snowshoe from {window.first} to {window.last}.")


@campaigns.command(short_help="Sessions that are rare in what they did.")
@_window_options
def longtail(*, first: date | None, last: date | None, sensor: str | None, top: int, output_format: str) -> None:
    """List the sessions that did what few sessions ever did, up to the last day; docs/RARE.md defines them.

    \b
    Examples:
      cowrie-assets campaigns longtail
      cowrie-assets campaigns longtail --from 2026-08-25 --sensor hp-fra-01 --top 5
    """
    from cowrie_assets.campaigns.longtail import document_of
    from cowrie_assets.campaigns.longtail import longtail as rare_sessions

    with _looked_at(first, last, sensor) as (connection, window):
        found = rare_sessions(connection, window, top)
    if output_format == "json":
        _print_document(document_of(found, window))
    elif found.sessions:
        click.echo("\n".join(line for each in found.sessions for line in _rare_lines(each)))
        if found.total > len(found.sessions):
            click.echo(f"{counted(found.total, 'session')} in all: --top shows more.")
    else:
        click.echo(f"No session from {window.first} to {window.last} is rare in what it did.")


@contextmanager
def _looked_at(first: date | None, last: date | None, sensor: str | None) -> "Iterator[tuple[Connection, Window]]":
    """What is looked at, in a read transaction; says where campaigns are out of date."""
    from cowrie_assets.campaigns.update import are_current
    from cowrie_assets.campaigns.window import window_of
    from cowrie_assets.reports.sensors import sensor_id

    require_order(first, last)
    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        yield connection, window_of(connection, first, last, sensor_id(connection, sensor))
        is_current = are_current(connection)
    if not is_current:
        click.echo(_OUTDATED, err=True)


def _print_document(document: "Mapping[str, Any]") -> None:
    from cowrie_assets.reports.json_writer import dump

    click.echo(printable_json(dump(document)), nl=False)


def _snowshoe_lines(found: "Snowshoe") -> Iterator[str]:
    yield f"{found.score:>3}  {found.campaign_id}: {shown(found.name)}"
    for number, reason in enumerate(found.reasons):
        yield _line("" if number else "reasons", reason)
    yield _line("seen", f"{found.first_seen[:19]}Z to {found.last_seen[:19]}Z")
    for name, places in (
        ("networks", found.top_networks),
        ("systems", found.top_systems),
        ("countries", found.top_countries),
    ):
        for number, place in enumerate(places):
            yield _line("" if number else name, f"{count(place.addresses):>6}  {shown(place.name)}")
    yield _line("sample", _session(found.sample))


def _rare_lines(found: "RareSession") -> Iterator[str]:
    yield f"{found.score:>3}  {_session(found.session)}"
    for number, reason in enumerate(found.reasons):
        yield _line("" if number else "reasons", reason)
    for number, trait in enumerate(found.traits):
        yield _line("" if number else "did", f"{trait.kind.replace('_', ' ')}  {shown(trait.value)}")
    if found.campaign_id is not None:
        yield _line("campaign", found.campaign_id)
    if found.sessions > 1:
        yield _line("sessions", f"{found.sessions} did the same")


def _print_json(told: "Sequence[Campaign] | Told") -> None:
    from cowrie_assets.campaigns.listing import document_of

    _print_document(document_of(told))


def _row(found: "Campaign") -> dict[str, object]:
    return {
        "id": found.campaign_id,
        "sessions": found.sessions,
        "this week": found.this_week,
        "before": found.week_before,
        "addresses": found.addresses,
        "sensors": found.sensors,
        "first seen": found.first_seen[:10],
        "last seen": found.last_seen[:10],
        "name": found.name,
    }


def _lines(told: "Told", *, masks: bool) -> Iterator[str]:
    found = told.campaign
    yield f"{found.campaign_id}: {shown(found.name)}"
    addresses = counted(found.addresses, "address", "addresses")
    where = f"{addresses}, {counted(found.networks, 'network')}, {counted(found.sensors, 'sensor')}"
    yield _line("sessions", f"{count(found.sessions)} from {where}")
    yield _line("seen", f"{found.first_seen[:19]}Z to {found.last_seen[:19]}Z, on {counted(found.days, 'day')}")
    yield _line("growth", f"{count(found.this_week)} in the last seven days, {count(found.week_before)} before")
    yield _line("oldest", _session(found.oldest))
    yield _line("newest", _session(told.newest))
    for number, each in enumerate(told.typed):
        times = "" if each.sessions == 1 else f"  ({each.sessions} times)"
        yield _line("" if number else "it typed", f"{shown(each.value)}{times}")
    for kind, values in told.marks.items():
        hidden = masks and kind == "credential"
        yield from _values(kind.replace("_", " "), values, hides_password=hidden)
    yield from _values("techniques", told.techniques)
    yield from _values("hassh", told.hassh)
    yield from _values("addresses", told.source_addresses)
    yield from _values("countries", told.countries)
    for number, change in enumerate(told.changes):
        became = "no campaign" if change.became is None else change.became
        said = f"{change.changed_at[:19]}Z  {change.campaign_id} {change.kind}: {count(change.sessions)} to {became}"
        yield _line("" if number else "changes", said)


def _values(name: str, values: "Sequence[Counted]", *, hides_password: bool = False) -> Iterator[str]:
    for number, each in enumerate(values):
        value = f"{each.value.partition(':')[0]}:***" if hides_password else each.value
        yield _line("" if number else name, f"{count(each.sessions):>6}  {shown(value)}")


def _session(session: "SessionName") -> str:
    names = "  ".join(map(shown, (session.sensor, session.session_id, session.src_ip or "-")))
    return f"{session.began_at[:19]}Z  {names}"


def _line(name: str, told: str) -> str:
    return f"  {name:<{_WIDTH}}{told}"
