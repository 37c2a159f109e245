"""`cowrie-assets doctor`: whether this machine can do the work."""

import click

from cowrie_assets.amounts import counted
from cowrie_assets.cli.parameters import configured
from cowrie_assets.printable import printable


@click.command(short_help="Check settings, logs, database, disk and clock.")
def doctor() -> None:
    """Look at settings, logs, database, disk and clock; exit 1 where something keeps the work from being done.

    \b
    Example:
      COWRIE_LOG_ROOT=/var/log/cowrie cowrie-assets doctor
    """
    from cowrie_assets.health.doctor import doctor as look

    findings = look(configured().environment)
    for finding in findings:
        click.echo(f"{finding.level:<9}{finding.subject:<14}{printable(finding.message)}")
        for line in finding.lines:
            click.echo(f"{'':<23}{printable(line)}")
    errors = sum(finding.level == "error" for finding in findings)
    if errors:
        raise click.ClickException(
            f"{errors} of {counted(len(findings), 'finding')} {'is an error' if errors == 1 else 'are errors'}"
        )
