"""`cowrie-assets export indicators`, and `cowrie-assets indicators`."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import click

from cowrie_assets.cli.parameters import DAY, LocalPath, open_warehouse, require_order
from cowrie_assets.cli.printing import counted
from cowrie_assets.cli.progress import shown_progress

_NAMES = ("csv", "txt", "json", "stix", "misp")
_TYPES = ("ipv4", "ipv6", "domain", "url", "endpoint", "sha256", "ssh_key", "wallet")


@click.command("indicators", short_help="What is worth sharing: CSV, text, JSON, STIX 2.1 or MISP.")
@click.option("--format", "output_format", type=click.Choice(_NAMES), default="csv", show_default=True)
@click.option(
    "--from", "--since", "first", metavar="DAY", type=DAY, help="Seen on this UTC day or later; without it, ever."
)
@click.option("--to", "last", metavar="DAY", type=DAY, help="Seen on this UTC day or before.")
@click.option("--sensor", metavar="NAME", help="Seen by this sensor; by any without it.")
@click.option("--type", "types", multiple=True, type=click.Choice(_TYPES), help="Of this type; several may be given.")
@click.option(
    "--min-confidence", type=click.IntRange(0, 95), default=0, show_default=True, help="As sure as that, or surer."
)
@click.option("--all", "everything", is_flag=True, help="Known scanners, private addresses, trivial files too.")
@click.option("--output", type=LocalPath(dir_okay=False), help="A file instead of standard output.")
def export_indicators(
    *,
    output_format: str,
    first: date | None,
    last: date | None,
    sensor: str | None,
    types: Sequence[str],
    min_confidence: int,
    everything: bool,
    output: Path | None,
) -> None:
    """Write what is worth sharing: addresses, domains, urls, endpoints, files, SSH keys and wallets, each with how sure
    it is and why, until when it holds, and its campaign. docs/INDICATORS.md describes them.

    Values stand as they are, none is defanged. Keys, hosts and wallets are those that campaigns know:
    `cowrie-assets campaigns update` brings these up to date. In STIX the options choose which there are, and each is
    told with what is known of it from all days and sensors.

    \b
    Examples:
      cowrie-assets export indicators --from 2026-08-25 --min-confidence 50 --output indicators.csv
      cowrie-assets export indicators --type ipv4 --type ipv6 --format txt
      cowrie-assets export indicators --format stix --output bundle.json
    """
    from cowrie_assets.clock import now_us
    from cowrie_assets.indicators.collecting import Wanted, indicators, whole
    from cowrie_assets.indicators.formats import formats
    from cowrie_assets.indicators.indicator import IndicatorType
    from cowrie_assets.reports.sensors import sensor_id

    require_order(first, last)
    chosen = frozenset(map(IndicatorType, types)) or frozenset(IndicatorType)
    narrowed = (
        *(f"sensor {sensor}",) * (sensor is not None),
        *sorted(set(types)),
        *(f"confidence {min_confidence} or more",) * (min_confidence > 0),
        *("all",) * everything,
    )
    made = formats(", ".join((_title(first, last), *narrowed)), now_us())[output_format]
    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        wanted = Wanted(first, last, chosen, min_confidence, sensor_id(connection, sensor), everything)
        found = indicators(connection, wanted)
        _write(made(whole(connection, found) if output_format == "stix" else found), output)


def _title(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return "Cowrie honeypots"
    return f"Cowrie honeypots, {first or '...'} to {last or '...'}"


def _write(parts: Iterator[bytes], output: Path | None) -> None:
    if output is None:
        for part in parts:
            click.echo(part, nl=False)
        return
    from cowrie_assets.cli.whole_file import whole_file

    with whole_file(output) as file:
        file.writelines(parts)


@click.group(short_help="What is worth sharing: update.")
def indicators() -> None:
    """The table `indicators` and the feeds beside the reports; `export indicators` writes a file of your own.

    \b
    Example:
      cowrie-assets indicators update
    """


@indicators.command(short_help="Write the table and the feeds beside the reports anew.")
def update() -> None:
    """Bring campaigns, the table `indicators` and the feeds up to date: below COWRIE_REPORT_DIR/feeds, for each report
    that is newer than its feed. The asset `indicators` does the same.

    \b
    Example:
      cowrie-assets indicators update
    """
    from cowrie_assets.campaigns.update import update_campaigns
    from cowrie_assets.indicators.feeds import write_feeds
    from cowrie_assets.indicators.storing import store_indicators

    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        update_campaigns(warehouse, progress=progress)
        number = store_indicators(warehouse)
        feeds = write_feeds(warehouse, settings.report_dir, progress=progress)
    click.echo(f"{counted(number, 'indicator')}, {counted(len(feeds), 'feed')} written.")
