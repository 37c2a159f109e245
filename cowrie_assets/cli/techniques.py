"""`cowrie-assets techniques`: what sessions showed in the words of ATT&CK, and what no rule maps to a technique."""

from pathlib import Path

import click

from cowrie_assets.cli.parameters import LocalPath, open_warehouse
from cowrie_assets.cli.printing import counted
from cowrie_assets.printable import shown
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, parse_period

_FILE = LocalPath(dir_okay=False)


@click.group()
def techniques() -> None:
    """What sessions did in the words of MITRE ATT&CK (docs/TECHNIQUES.md), also in the reports and in the table
    session_techniques; `cowrie-assets rules` has the rules that say so.

    \b
    Examples:
      cowrie-assets techniques navigator 2026-08 --output august.json
      cowrie-assets techniques unmapped 2026-08
    """


@techniques.command()
@click.argument("period")
@click.option("--sensor", metavar="NAME", help="Of this sensor; of all together without it.")
@click.option("--attack-version", metavar="VERSION", help="The current version without it, or the one before.")
@click.option("--output", metavar="FILE", type=_FILE, help="Write FILE in place of standard output.")
def navigator(period: str, sensor: str | None, attack_version: str | None, output: Path | None) -> None:
    """Make a layer for the ATT&CK Navigator of what the sessions of a day, week or month showed.

    \b
    Examples:
      cowrie-assets techniques navigator 2026-08 --output august.json
      cowrie-assets techniques navigator 2026-W36 --sensor hp-fra-01 --attack-version 18
    """
    import json

    from cowrie_assets.reports.figures import Scope
    from cowrie_assets.reports.navigator import navigator_layer
    from cowrie_assets.reports.sections.techniques import attack_in_force, techniques_section
    from cowrie_assets.reports.sensors import sensor_id

    chosen = _period(period)
    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        attack = attack_in_force(connection)
        version = attack_version or attack.version
        if version not in (attack.version, attack.version_before):
            known = f"{attack.version} and {attack.version_before}"
            raise click.UsageError(f"--attack-version: of ATT&CK {known} are known, not {shown(version)}")
        section = techniques_section(Scope(connection, chosen, sensor_id(connection, sensor), 1))
        name = f"Cowrie {chosen.label}, {'all sensors' if sensor is None else sensor}"
        layer = json.dumps(navigator_layer(section, attack, version=version, name=name), ensure_ascii=True, indent=2)
    if output is None:
        click.echo(layer)
        return
    try:
        output.write_text(f"{layer}\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror or type(error).__name__}") from error
    click.echo(f"{counted(section['unique'], 'technique')} of {counted(section['sessions'], 'session')}: {output}")


@techniques.command()
@click.argument("period")
@click.option("--sensor", metavar="NAME", help="Of this sensor; of all together without it.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=10, show_default=True, help="So many at most.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def unmapped(period: str, sensor: str | None, limit: int, output_format: str) -> None:
    """Tell which share of the commands of a day, week or month no rule maps to a technique, and which of these were
    typed most often, by their normal form: what a rule of your own might be for.

    \b
    Example:
      cowrie-assets techniques unmapped 2026-08 --limit 20
    """
    import json
    from dataclasses import asdict

    from cowrie_assets.finding.techniques import unmapped_commands
    from cowrie_assets.reports.render.plain_text import quoted
    from cowrie_assets.reports.sensors import sensor_id

    chosen = _period(period)
    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        found = unmapped_commands(connection, chosen.start, chosen.last_day, sensor_id(connection, sensor), most=limit)
    if output_format == "json":
        document = {"period": chosen.label, **asdict(found), "share": found.share}
        click.echo(json.dumps(document, ensure_ascii=True, indent=2))
        return
    click.echo(
        f"{chosen.label}: of {counted(found.commands, 'command')} no rule maps {found.unmapped:,} ({found.share:.1%}), "
        f"of {found.distinct:,} different ones {found.distinct_unmapped:,}"
    )
    for each in found.most_frequent:
        click.echo(f"{each.occurrences:>9,}  {quoted(shown(each.command_normalized, 100), each.command_normalized)}")


def _period(label: str) -> Period:
    for report_type in REPORT_TYPES:
        try:
            return parse_period(report_type, label)
        except PeriodError:
            continue
    raise click.UsageError(f"{shown(label)} is no day (2026-08-31), ISO week (2026-W36) or month (2026-08)")
