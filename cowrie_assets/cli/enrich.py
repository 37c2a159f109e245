"""`cowrie-assets enrich`: what services outside say of files and addresses, within their limits."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import configured, open_warehouse
from cowrie_assets.cli.printing import count, counted, printable_json, table
from cowrie_assets.printable import printable, shown

if TYPE_CHECKING:
    from cowrie_assets.enrichment.access import Access
    from cowrie_assets.enrichment.answers import Kind
    from cowrie_assets.enrichment.settings import EnrichmentSettings
    from cowrie_assets.enrichment.source_states import SourceState
    from cowrie_assets.enrichment.standing import Standing
    from cowrie_assets.enrichment.working_off import Worked
    from cowrie_assets.warehouse.engine import Warehouse

_SHA256_DIGITS = 64
_LOCAL = ("mmdb", "lists")
"""What is matched on this machine: see `enrichment.matching`."""
_LISTED = 20


class _RunByDefault(click.Group):
    """`enrich` alone is `enrich run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_RunByDefault, short_help="Ask services about files and addresses: run (the default), status.")
def enrich() -> None:
    """What services outside say of files and addresses; `enrich` alone is `enrich run`.

    Nothing is asked that is not configured: COWRIE_<SERVICE>_KEY as a reference (env:NAME, file:/path), a contact in
    COWRIE_DSHIELD_CONTACT, COWRIE_<SERVICE>=on for greynoise, cymru and hibp. COWRIE_<SERVICE>=off switches one off,
    COWRIE_ENRICHMENT=off all.

    \b
    Examples:
      cowrie-assets enrich
      cowrie-assets enrich --service virustotal --limit 100
      cowrie-assets enrich status
    """


@enrich.command()
@click.argument("values", metavar="[VALUE]...", nargs=-1)
@click.option(
    "--service", "services", metavar="NAME", multiple=True, help="This service only; may be given more than once."
)
@click.option("--limit", type=click.IntRange(min=1), help="Ask each service about so many values at most.")
@click.option("--dry-run", is_flag=True, help="Print what would be asked; ask nothing, change nothing.")
@click.option("--refresh", is_flag=True, help="Ask again where an answer is good still.")
def run(values: tuple[str, ...], services: tuple[str, ...], limit: int | None, dry_run: bool, refresh: bool) -> None:
    """Ask about what waits, until nothing does or a budget is used up; exit 1 where a service could not be asked.

    Addresses are matched with the databases and lists on this machine first (services mmdb and lists: COWRIE_MMDB,
    COWRIE_ADDRESS_LISTS). What was seen last comes first. A run waits for the limit of a minute, not for that of a day:
    it says what is left and when it will be done. VALUE is a SHA-256 or an address to ask about now. With --service, a
    service that refused its key is asked again at once.

    \b
    Examples:
      cowrie-assets enrich run --service virustotal --service dshield
      cowrie-assets enrich run --dry-run
      cowrie-assets enrich run 94f2e4d8d4436874785cd14e6e6d403507b8750852f7f2040352069a75da4c00
    """
    settings = configured().enrichment
    chosen = _chosen(settings, services)
    local = [] if values or not settings.is_on else [name for name in _LOCAL if not services or name in services]
    named = _named(values) if values else None
    with open_warehouse() as (_, warehouse):
        if dry_run:
            _print_matching_plan(warehouse, settings, local)
            _print_plan(warehouse, chosen, limit, refresh=refresh, named=named)
            return
        from cowrie_assets.cli.progress import shown_progress
        from cowrie_assets.enrichment.matching import match_addresses
        from cowrie_assets.enrichment.standing import standings
        from cowrie_assets.enrichment.wanted import Wanted
        from cowrie_assets.enrichment.working_off import work_off

        wanted = Wanted(limit=limit, named=named, refresh=refresh, tries_key=bool(services))
        with shown_progress() as progress:
            matched = match_addresses(warehouse, settings.local, services=local, progress=progress)
            done = work_off(warehouse, chosen, wanted, progress=progress)
        for each in matched:
            if each.addresses or each.changed:
                number = counted(each.addresses, "address", "addresses")
                click.echo(f"{each.service}: {number} matched, {count(each.changed)} changed")
        stands = {standing.service: standing for standing in standings(warehouse, settings)}
        for worked in done:
            click.echo(printable(_line(worked, stands[worked.service])))
        if named is not None:
            _print_verdicts(warehouse, named)
    faults = [f"{each.service}: {fault}" for each in matched for fault in each.faults]
    faults += [f"{stands[worked.service].title} {worked.error}" for worked in done if worked.error is not None]
    for fault in faults:
        click.echo(printable(fault), err=True)
    if faults:
        raise click.ClickException(f"{counted(len(faults), 'source')} could not be used; what waits is kept")


@enrich.command()
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def status(output_format: str) -> None:
    """Show of each service what waits, what is left of its budgets, when it will be done, and its last error.

    And of each database and list on this machine how old it is. It asks no service.

    \b
    Examples:
      cowrie-assets enrich status
      cowrie-assets enrich status --format json
    """
    from cowrie_assets.clock import now_us
    from cowrie_assets.enrichment.source_states import sources_of
    from cowrie_assets.enrichment.standing import standings
    from cowrie_assets.reports.json_writer import dump

    settings = configured().enrichment
    with open_warehouse() as (_, warehouse):
        stands = standings(warehouse, settings)
        with warehouse.read() as connection:
            sources = sources_of(connection)
    now = now_us()
    if output_format == "json":
        document = {
            "services": [_document(standing) for standing in stands],
            "sources": [_source_document(source, now) for source in sources],
        }
        click.echo(printable_json(dump(document)), nl=False)
        return
    for line in (
        *(line for standing in stands for line in _lines(standing)),
        *(_source_line(each, now) for each in sources),
    ):
        click.echo(printable(line))


def _chosen(settings: "EnrichmentSettings", names: Sequence[str]) -> "list[Access]":
    """The services that are to be asked. Raises an error where one that was named is off, or none is on."""
    from cowrie_assets.enrichment.access import accesses, services_off
    from cowrie_assets.enrichment.local_sources import LocalSources
    from cowrie_assets.enrichment.services import SERVICES

    unknown = sorted(set(names) - SERVICES.keys() - set(_LOCAL))
    if unknown:
        raise click.UsageError(f"{printable(unknown[0])} is no service: {', '.join((*SERVICES, *_LOCAL))}")
    off = services_off(settings)
    for name in names:
        if name in off:
            raise click.ClickException(f"{SERVICES[name].title} is not asked: {off[name]}")
    chosen = [access for access in accesses(settings) if not names or access.name in names]
    if not chosen and not (settings.is_on and (settings.local != LocalSources() or set(names) & set(_LOCAL))):
        raise click.ClickException("no service is asked: `cowrie-assets enrich status` says what each of them needs")
    return chosen


def _named(values: Sequence[str]) -> "Mapping[Kind, Sequence[str]]":
    from ipaddress import ip_address

    from cowrie_assets.enrichment.answers import Kind

    named: dict[Kind, list[str]] = {}
    for value in values:
        digest = value.strip().lower()
        if len(digest) == _SHA256_DIGITS and not set(digest) - set("0123456789abcdef"):
            named.setdefault(Kind.FILE, []).append(digest)
            continue
        try:
            ip_address(value)
        except ValueError:
            raise click.UsageError(f"{shown(value)} is neither a SHA-256 nor an address") from None
        named.setdefault(Kind.ADDRESS, []).append(value)
    return named


def _print_matching_plan(warehouse: "Warehouse", settings: "EnrichmentSettings", local: Sequence[str]) -> None:
    from cowrie_assets.enrichment.matching import plan_matching

    for planned in plan_matching(warehouse, settings.local, local):
        if planned.is_due:
            what = "all addresses" if planned.is_whole else f"the addresses of {counted(len(planned.days), 'day')}"
            click.echo(f"{planned.service}: would match {what}")
        for fault in planned.faults:
            click.echo(printable(f"{planned.service}: {fault}"), err=True)


def _print_plan(
    warehouse: "Warehouse",
    chosen: "Sequence[Access]",
    limit: int | None,
    *,
    refresh: bool,
    named: "Mapping[Kind, Sequence[str]] | None",
) -> None:
    from cowrie_assets.enrichment.planning import plan
    from cowrie_assets.enrichment.wanted import Wanted

    for planned in plan(warehouse, chosen, Wanted(limit=limit, named=named, refresh=refresh), listed=_LISTED):
        most = "" if planned.waits is None else f"; not before {_time(planned.waits.until)}"
        click.echo(f"{planned.service}: would be asked about {counted(planned.number, 'value')}{most}")
        for value in planned.first:
            click.echo(f"  {shown(value)}")
        if planned.number > len(planned.first):
            click.echo(f"  and {count(planned.number - len(planned.first))} more")


def _line(worked: "Worked", standing: "Standing") -> str:
    """`VirusTotal: 12 answered, 3 skipped; the day's budget is used up; 431 wait, done by 2026-09-02T08:00:00Z`."""
    numbers = {"answered": worked.answered, "skipped": worked.skipped, "failed": worked.failed}
    said = [f"{count(number)} {word}" for word, number in numbers.items() if number or word == "answered"]
    parts = [", ".join(said)]
    if worked.waits is not None:
        why = f"the {worked.waits.window}'s budget is used up" if worked.waits.window else "it is left alone"
        parts.append(f"{why} until {_time(worked.waits.until)}")
    parts += _left(standing)
    return f"{standing.title}: {'; '.join(parts)}"


def _left(standing: "Standing") -> list[str]:
    if not standing.backlog:
        return []
    done = "not within ten years" if standing.done_at is None else f"done by {_time(standing.done_at)}"
    return [f"{count(standing.backlog)} wait, {done}"]


def _lines(standing: "Standing") -> list[str]:
    from cowrie_assets.enrichment.answers import Status

    if standing.off is not None:
        return [f"{standing.title}: off ({standing.off})"]
    asked = {
        word: standing.number(status)
        for word, status in (
            ("answered", Status.ENRICHED),
            ("failed", Status.FAILED),
            ("skipped", Status.SKIPPED),
        )
    }
    lines = [f"{standing.title}: {', '.join(f'{count(number)} {word}' for word, number in asked.items())}"]
    lines += _left(standing) or ["nothing waits"]
    if standing.new_days:
        lines.append(f"{counted(standing.new_days, 'day')} to look through for what is new")
    lines += [
        f"{count(budget.left)} of {count(budget.usable)} calls left until {_time(budget.resets_at)}"
        for budget in (standing.day, standing.month)
        if budget is not None
    ]
    if standing.waits is not None:
        lines.append(f"not called before {_time(standing.waits.until)}")
    if standing.last_error is not None:
        lines.append(f"last error, {_time(standing.last_error_at)}: it {standing.last_error}")
    return [lines[0], *(f"  {line}" for line in lines[1:])]


def _document(standing: "Standing") -> dict[str, object]:
    budgets = {"day": standing.day, "month": standing.month}
    return {
        "service": standing.service,
        "on": standing.off is None,
        "off_because": standing.off,
        "kinds": [kind.name.lower() for kind in standing.kinds],
        "values": {
            kind.name.lower(): {status.name.lower(): number.number for status, number in statuses.items()}
            for kind, statuses in standing.values.items()
        },
        "backlog": standing.backlog,
        "days_to_look_through": standing.new_days,
        "per_minute": standing.per_minute,
        **{
            name: budget
            and {
                "limit": budget.limit,
                "usable": budget.usable,
                "used": budget.used,
                "left": budget.left,
                "resets_at": _time(budget.resets_at),
            }
            for name, budget in budgets.items()
        },
        "waits_until": _time(standing.waits.until) if standing.waits else None,
        "waits_for": standing.waits.window if standing.waits else None,
        "done_at": _time(standing.done_at),
        "last_error": standing.last_error,
        "last_error_at": _time(standing.last_error_at),
    }


def _source_line(source: "SourceState", now: int) -> str:
    """`mmdb GeoLite2-City.mmdb (GeoLite2-City): 1,234 entries, of 2026-08-01T00:00:00Z, stale`."""
    parts = [
        None if source.entries is None else counted(source.entries, "entry", "entries"),
        f"{counted(source.passed_over, 'line')} passed over" if source.passed_over else None,
        f"of {_time(source.built_at)}" if source.built_at is not None else None,
        "stale" if source.is_stale(now) else None,
        "not matched with all addresses yet" if source.matched_at is None else None,
        source.error,
    ]
    return f"{source.service} {source.name} ({source.kind}): {', '.join(filter(None, parts))}"


def _source_document(source: "SourceState", now: int) -> dict[str, object]:
    return {
        "service": source.service,
        "name": source.name,
        "kind": source.kind,
        "built_at": _time(source.built_at),
        "stale": source.is_stale(now),
        "entries": source.entries,
        "passed_over": source.passed_over,
        "matched_at": _time(source.matched_at),
        "error": source.error,
    }


def _print_verdicts(warehouse: "Warehouse", named: "Mapping[Kind, Sequence[str]]") -> None:
    """What every provider says of some values."""
    from cowrie_assets.enrichment.known import known_of

    with warehouse.read() as connection:
        known = [each for kind, values in named.items() for each in known_of(connection, kind, values)]
    rows = [
        {
            "value": each.value,
            "provider": each.provider,
            "status": each.status.name.lower(),
            "malicious": {None: None, True: "yes", False: "no"}[each.is_malicious],
            "label": each.label,
            "detections": None if each.total is None else f"{each.positives} of {each.total}",
            "error": each.error,
        }
        for each in known
    ]
    for line in table(rows):
        click.echo(line)


def _time(us: int | None) -> str | None:
    from cowrie_assets.clock import iso_us

    return None if us is None else f"{iso_us(us)[:19]}Z"
