"""`cowrie-assets doctor`: whether this machine can do the work."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cowrie_assets.amounts import counted
from cowrie_assets.cli.parameters import configured
from cowrie_assets.cli.printing import printable_json
from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from cowrie_assets.health.finding import Finding


@click.command()
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def doctor(output_format: str) -> None:
    """Look at settings, logs, database, disk, clock, what is sent, runs and Dagster's services; exit 1 where something
    keeps the work from being done. Each thing that is wrong comes with what to do.

    \b
    Examples:
      COWRIE_LOG_ROOT=/var/log/cowrie cowrie-assets doctor
      cowrie-assets doctor --format json
    """
    from cowrie_assets.health.doctor import doctor as look

    findings = look(configured().environment)
    if output_format == "json":
        _print_json(findings)
    else:
        _print_text(findings)
    errors = sum(finding.level == "error" for finding in findings)
    if errors:
        raise click.ClickException(
            f"{errors} of {counted(len(findings), 'finding')} {'is an error' if errors == 1 else 'are errors'}"
        )


def _print_text(findings: "Sequence[Finding]") -> None:
    for finding in findings:
        click.echo(f"{finding.level:<9}{finding.subject:<14}{printable(finding.message)}")
        for line in finding.lines:
            click.echo(f"{'':<23}{printable(line)}")


def _print_json(findings: "Sequence[Finding]") -> None:
    from cowrie_assets.reports.json_writer import dump

    levels = [finding.level for finding in findings]
    document = {
        "level": next((level for level in ("error", "warning") if level in levels), "ok"),
        "findings": [
            {
                "subject": finding.subject,
                "level": finding.level,
                "message": finding.message,
                "lines": list(finding.lines),
            }
            for finding in findings
        ],
    }
    click.echo(printable_json(dump(document)), nl=False)
