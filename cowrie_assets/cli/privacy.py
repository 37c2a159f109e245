"""`cowrie-assets privacy`: passwords and addresses that are old enough, hashed or dropped."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.archive import named_place
from cowrie_assets.cli.parameters import configured, open_warehouse
from cowrie_assets.cli.printing import counted
from cowrie_assets.cli.progress import shown_progress

if TYPE_CHECKING:
    from cowrie_assets.operations.privacy import PrivacyResult

_DAYS = click.IntRange(min=1)


@click.command(short_help="Hash or drop passwords and addresses that are old enough.")
@click.option("--passwords-days", metavar="N", type=_DAYS, help="In place of COWRIE_PRIVACY_PASSWORDS_DAYS.")
@click.option("--addresses-days", metavar="N", type=_DAYS, help="In place of COWRIE_PRIVACY_ADDRESSES_DAYS.")
@click.option("--dry-run", is_flag=True, help="Say which days are due, and change nothing.")
def privacy(passwords_days: int | None, addresses_days: int | None, dry_run: bool) -> None:
    """Hash or drop what logins typed and source addresses, of days that lie so many days back: in the database, the
    archive and the reports.

    It cannot be undone. The days are sealed. What backups, search servers and other copies hold is told in
    docs/RETENTION.md.

    \b
    Examples:
      cowrie-assets privacy --dry-run
      cowrie-assets privacy --passwords-days 90 --addresses-days 30
    """
    from cowrie_assets.operations.privacy import treat_old_days

    settings = configured().settings
    settings = replace(
        settings,
        passwords_days=passwords_days or settings.passwords_days,
        addresses_days=addresses_days or settings.addresses_days,
    )
    with open_warehouse(settings=settings) as (_, warehouse), shown_progress() as progress:
        result = treat_old_days(warehouse, settings, named_place(None), dry_run=dry_run, progress=progress)
    for sentence in _sentences(result, settings.privacy_mode, dry_run=dry_run):
        click.echo(sentence)
    if result.passed_by:
        raise click.ClickException(
            f"{counted(len(result.passed_by), 'day')} from {result.passed_by[0]} to {result.passed_by[-1]} stay: their "
            "raw events are in an archive that COWRIE_ARCHIVE_URL does not name"
        )


def _sentences(result: "PrivacyResult", mode: str, *, dry_run: bool) -> list[str]:
    done = {"hash": "hashed", "drop": "dropped"}[mode]
    told = [
        f"{kind.name.capitalize()} of {counted(len(days), 'day')}, {days[0]} to {days[-1]}, "
        f"{'would be' if dry_run else 'are'} {done}."
        for kind, days in result.days.items()
        if days
    ]
    if not told:
        told = ["No day is due."]
    if result.letters:
        told.append(f"The contents of {counted(result.letters, 'dead letter')} are dropped.")
    if result.files or result.reports:
        told.append(
            f"{counted(result.files, 'file')} of the archive and the reports of {counted(result.reports, 'period')} "
            "are written anew."
        )
    if result.last_day is not None and not dry_run:
        told.append(
            "What was deleted before may lie in free pages of the database: `cowrie-assets db maintain --full`."
        )
    return told
