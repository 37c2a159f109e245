"""`cowrie-assets enrich`: what services outside say of files and addresses, within their limits."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import MOST, configured, open_warehouse
from cowrie_assets.cli.printing import count, counted, printable_json, table
from cowrie_assets.printable import printable, shown

if TYPE_CHECKING:
    from cowrie_assets.enrichment.access import Access
    from cowrie_assets.enrichment.answers import Kind
    from cowrie_assets.enrichment.settings import EnrichmentSettings
    from cowrie_assets.enrichment.wanted import Wanted
    from cowrie_assets.progress import ProgressSink
    from cowrie_assets.settings import Settings
    from cowrie_assets.warehouse.engine import Warehouse

_SHA256_DIGITS = 64
_HERE = {"mmdb": "COWRIE_MMDB", "lists": "COWRIE_ADDRESS_LISTS", "downloads": "COWRIE_DOWNLOADS_DIR"}
"""What is looked up on this machine (`enrichment.matching`, `enrichment.downloads`), and by which variable."""
_OFF = "COWRIE_ENRICHMENT is off: nothing is asked, matched or examined"
_NOTHING = "no service is asked: `cowrie-assets enrich status` says what each of them needs"
_LISTED = 20


class _RunByDefault(click.Group):
    """`enrich` alone is `enrich run`, and its help shows what that takes."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*self.commands["run"].collect_usage_pieces(ctx), "|", "COMMAND"]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        run = self.commands["run"]
        run.format_options(click.Context(run, parent=ctx, info_name=run.name), formatter)
        self.format_commands(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_RunByDefault)
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
    "--service",
    "services",
    metavar="NAME",
    multiple=True,
    help="This one only, or mmdb, lists, downloads.",
)
@click.option("--limit", type=click.IntRange(1, MOST), help="Ask each service about so many values at most.")
@click.option("--dry-run", is_flag=True, help="Print what would be asked; ask nothing, change nothing.")
@click.option("--refresh", is_flag=True, help="Make answers due that are good still.")
def run(values: tuple[str, ...], services: tuple[str, ...], limit: int | None, dry_run: bool, refresh: bool) -> None:
    """Ask about what waits, until nothing does or a budget is used up.

    First addresses are matched with the databases and lists on this machine (services mmdb and lists: COWRIE_MMDB,
    COWRIE_ADDRESS_LISTS), and the files that attackers left are looked into (downloads: COWRIE_DOWNLOADS_DIR). Then
    services are asked: about what was seen last first. A run waits for the limit of a minute, not for that of a day: it
    says what is left and when it will be done. VALUE is a SHA-256 or an address to ask about now. With --service or
    VALUE a service that is left alone, for it refused the key, fails or asked for that, is asked again at once; but
    for the minute after it said that it is asked too often.

    It ends with 1 where a service gave no answer at all or is left alone, where a file on this machine cannot be read,
    and where a VALUE was not answered; with 0 where nothing was due, or a budget is used up.

    \b
    Examples:
      cowrie-assets enrich run --service virustotal --service dshield
      cowrie-assets enrich run --dry-run
      cowrie-assets enrich run 94f2e4d8d4436874785cd14e6e6d403507b8750852f7f2040352069a75da4c00
    """
    from cowrie_assets.enrichment.wanted import Wanted

    enrichment = configured().enrichment
    if not enrichment.is_on:
        if services or values:
            raise click.ClickException(_OFF)
        click.echo(_OFF)
        return
    chosen = _chosen(enrichment, services)
    here = [] if values else [name for name in _HERE if not services or name in services]
    named = _named(values, services, chosen) if values else None
    wanted = Wanted(limit=limit, named=named, refresh=refresh, insists=bool(services or values))
    with open_warehouse() as (settings, warehouse):
        folders = _folders(settings, enrichment) if "downloads" in here else []
        if not (chosen or services or folders or enrichment.local.has("mmdb") or enrichment.local.has("lists")):
            _require_left_over(warehouse, settings, enrichment, here)
        if dry_run:
            _print_plan_here(warehouse, enrichment, here, folders)
            _print_plan(warehouse, chosen, wanted)
            return
        from cowrie_assets.cli.enrich_lines import fault_of, run_line
        from cowrie_assets.cli.progress import shown_progress
        from cowrie_assets.enrichment.standing import standings
        from cowrie_assets.enrichment.working_off import work_off

        with shown_progress() as progress:
            lines, faults = _work_here(warehouse, settings, enrichment, here, folders=folders, progress=progress)
            done = work_off(warehouse, chosen, wanted, progress=progress)
        faults += _not_set(enrichment, services, folders)
        stands = {standing.service: standing for standing in standings(warehouse, enrichment)}
        for line in (*lines, *(run_line(worked, stands[worked.service]) for worked in done)):
            click.echo(printable(line))
        undone = [] if named is None else _print_verdicts(warehouse, chosen, named)
    faults += filter(None, (fault_of(worked, stands[worked.service]) for worked in done))
    for fault in (*faults, *undone):
        click.echo(printable(fault), err=True)
    if faults:
        raise click.ClickException(f"{counted(len(faults), 'source')} could not be used; what waits is kept")
    if undone:
        raise click.ClickException("not all that was named has an answer")


@enrich.command()
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def status(output_format: str) -> None:
    """Show of each service what waits, what is left of its budgets, when it will be done, and its last error.

    And of each database and list on this machine how old it is. It asks no service. Exit 1 where a key cannot be had,
    or a file cannot be read.

    \b
    Examples:
      cowrie-assets enrich status
      cowrie-assets enrich status --format json
    """
    from cowrie_assets.cli.enrich_lines import source_document, source_line, status_document, status_lines
    from cowrie_assets.clock import now_us
    from cowrie_assets.enrichment.source_states import sources_of
    from cowrie_assets.enrichment.standing import standings
    from cowrie_assets.health.enrichment import unusable
    from cowrie_assets.reports.json_writer import dump

    settings = configured().enrichment
    faults = [problem.sentence for problem in unusable(settings)]
    with open_warehouse() as (_, warehouse):
        stands = standings(warehouse, settings)
        with warehouse.read() as connection:
            sources = sources_of(connection)
    now = now_us()
    if output_format == "json":
        document = {
            "services": [status_document(standing) for standing in stands],
            "sources": [source_document(source, now) for source in sources],
            "faults": faults,
        }
        click.echo(printable_json(dump(document)), nl=False)
    else:
        for line in (
            *(line for standing in stands for line in status_lines(standing)),
            *(source_line(each, now) for each in sources),
        ):
            click.echo(printable(line))
    for fault in faults:
        click.echo(printable(fault), err=True)
    if faults:
        raise click.ClickException(
            f"{counted(len(faults), 'source')} cannot be used: `cowrie-assets doctor` says what to do"
        )


def _chosen(settings: "EnrichmentSettings", names: Sequence[str]) -> "list[Access]":
    """The services that are to be asked. Raises an error where one that was named is off."""
    from cowrie_assets.enrichment.access import accesses, services_off
    from cowrie_assets.enrichment.services import SERVICES

    unknown = sorted(set(names) - SERVICES.keys() - set(_HERE))
    if unknown:
        raise click.UsageError(f"{printable(unknown[0])} is no service: {', '.join((*SERVICES, *_HERE))}")
    off = services_off(settings)
    for name in names:
        if name in off:
            raise click.ClickException(f"{SERVICES[name].title} is not asked: {off[name]}")
    return [access for access in accesses(settings) if not names or access.name in names]


def _named(
    values: Sequence[str], services: Sequence[str], chosen: "Sequence[Access]"
) -> "Mapping[Kind, Sequence[str]]":
    """The values by what they are. Raises an error where one of them is nothing, or nobody takes any."""
    from ipaddress import ip_address

    from cowrie_assets.enrichment.answers import Kind
    from cowrie_assets.enrichment.unanswered import nobody_takes

    of_here = [name for name in services if name in _HERE]
    if of_here:
        raise click.UsageError(f"{of_here[0]} is not asked about a VALUE: it goes through all that is stored")
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
    nobody = [nobody_takes(chosen, kind) for kind in named]
    if chosen and None not in nobody:
        raise click.ClickException(f"{nobody[0]}: `cowrie-assets enrich status` says what each of them needs")
    return named


def _folders(settings: "Settings", enrichment: "EnrichmentSettings") -> list[Path]:
    from cowrie_assets.enrichment.download_folders import download_folders

    return download_folders(settings, enrichment.downloads_dir)


def _not_set(enrichment: "EnrichmentSettings", services: Sequence[str], folders: Sequence[Path]) -> list[str]:
    """What was asked for by name of this machine, and is not there."""
    local = enrichment.local
    there = {"mmdb": local.has("mmdb"), "lists": local.has("lists"), "downloads": folders}
    return [
        f"{name}: {_HERE[name]} is not set" for name in dict.fromkeys(services) if name in there and not there[name]
    ]


def _require_left_over(
    warehouse: "Warehouse", settings: "Settings", enrichment: "EnrichmentSettings", here: Sequence[str]
) -> None:
    """Raise an error unless something stands that sources said which are no longer configured."""
    from cowrie_assets.enrichment.left_over import left_over

    if not here or not left_over(warehouse, settings, enrichment):
        raise click.ClickException(_NOTHING)


def _print_plan_here(
    warehouse: "Warehouse", enrichment: "EnrichmentSettings", here: Sequence[str], folders: Sequence[Path]
) -> None:
    from cowrie_assets.enrichment.matching import plan_matching

    for planned in plan_matching(warehouse, enrichment.local, [name for name in here if name != "downloads"]):
        if planned.is_due:
            if not enrichment.local.has(planned.service):
                click.echo(f"{planned.service}: would take away what files said that are no longer configured")
                continue
            what = "all addresses" if planned.is_whole else f"the addresses of {counted(len(planned.days), 'day')}"
            click.echo(f"{planned.service}: would match {what}")
        for fault in planned.faults:
            click.echo(printable(f"{planned.service}: {fault}"), err=True)
    if folders:
        click.echo(f"downloads: would look into {counted(len(folders), 'folder')}")


def _work_here(
    warehouse: "Warehouse",
    settings: "Settings",
    enrichment: "EnrichmentSettings",
    here: Sequence[str],
    *,
    folders: Sequence[Path],
    progress: "ProgressSink",
) -> tuple[list[str], list[str]]:
    """What came of the look-ups on this machine, and what of it could not be used."""
    from cowrie_assets.enrichment.download_folders import is_download_folder
    from cowrie_assets.enrichment.downloads import examine_downloads
    from cowrie_assets.enrichment.matching import match_addresses
    from cowrie_assets.enrichment.yara_rules import read_rules

    matching = [name for name in here if name != "downloads"]
    matched = match_addresses(warehouse, enrichment.local, services=matching, progress=progress)
    lines = [
        f"{each.service}: {counted(each.addresses, 'address', 'addresses')} matched, {count(each.changed)} changed"
        if enrichment.local.has(each.service)
        else f"{each.service}: no file is configured any more, and what they said of "
        f"{counted(each.changed, 'address', 'addresses')} is taken away"
        for each in matched
        if each.addresses or each.changed
    ]
    lines += [f"{each.service}: {each.overtaken}" for each in matched if each.overtaken is not None]
    faults = [f"{each.service}: {fault}" for each in matched for fault in each.faults]
    if "downloads" in here:
        rules = None if enrichment.yara_rules is None or not folders else read_rules(enrichment.yara_rules)
        examined = examine_downloads(
            warehouse,
            folders,
            collector=settings.collector,
            is_wanted=partial(is_download_folder, settings, enrichment.downloads_dir),
            rules=rules,
            progress=progress,
        )
        if folders:
            lines.append(f"downloads: {counted(examined.files, 'file')}, {count(examined.examined)} examined")
        if examined.folders_no_more:
            are = counted(examined.folders_no_more, "folder is", "folders are")
            lines.append(f"downloads: {are} no longer configured, and their files are listed no more")
        faults += examined.faults
    return lines, faults


def _print_plan(warehouse: "Warehouse", chosen: "Sequence[Access]", wanted: "Wanted") -> None:
    from cowrie_assets.cli.enrich_lines import time_of
    from cowrie_assets.enrichment.planning import plan

    for planned in plan(warehouse, chosen, wanted, listed=_LISTED):
        skipped = f"; {count(planned.skipped)} would be skipped" if planned.skipped else ""
        begin = "" if planned.waits is None else f"; not before {time_of(planned.waits.until)}"
        click.echo(f"{planned.service}: would be asked about {counted(planned.number, 'value')}{skipped}{begin}")
        for value in planned.first:
            click.echo(f"  {shown(value)}")
        if planned.number > len(planned.first):
            click.echo(f"  and {count(planned.number - len(planned.first))} more")


def _print_verdicts(
    warehouse: "Warehouse", chosen: "Sequence[Access]", named: "Mapping[Kind, Sequence[str]]"
) -> list[str]:
    """What every provider says of some values; gives what those that were asked did not answer."""
    from cowrie_assets.enrichment.known import known_of
    from cowrie_assets.enrichment.unanswered import unanswered

    with warehouse.read() as connection:
        undone = unanswered(connection, chosen, named)
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
    return undone
