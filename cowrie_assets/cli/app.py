"""The command `cowrie-assets`: its commands, and how an error ends it.

Exit codes: 0 only where what was asked was done; 1 where it was not; 2 where the command line itself is wrong;
130 after Ctrl-C or SIGTERM.
"""

import logging
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from cowrie_assets import __version__
from cowrie_assets.cli.output import STANDARD_OUTPUT, discard_output, finish_output, whole_output
from cowrie_assets.printable import printable, printable_lines

_INTERRUPTED = 130
_COMMANDS = {
    "archive": ("archive", "Write raw events of sealed days to Parquet files."),
    "backfill": ("backfill", "Load past days and write their reports."),
    "campaigns": ("campaigns", "Sessions that belong together: update, list, show."),
    "collect": ("collect", "Load this machine's logs into a database that many share."),
    "db": ("database", "The database: its tables, backups, moving it, an older tool's."),
    "dead-letters": ("dead_letters", "What could not be read: list, show, export, replay."),
    "digest": ("digest", "Send digests and alerts by mail, Slack or webhook: send, status, test."),
    "doctor": ("doctor", "Check settings, logs, database, disk, clock and services."),
    "enrich": ("enrich", "Ask services about files and addresses: run (the default), status."),
    "export": ("export", "Tables as CSV, JSON lines or Parquet; indicators as STIX or MISP, too."),
    "fetch": ("fetch", "Copy logs from object storage into the folder of logs."),
    "find": ("find", "All that is known of an address, hash, url, credential, command, ..."),
    "history": ("history", "Dagster's run history: size, prune."),
    "indicators": ("export_indicators", "What is worth sharing: update."),
    "ingest": ("ingest", "Read logs; bring the summaries up to date."),
    "mcp": ("mcp", "Serve the database to an assistant (Model Context Protocol)."),
    "privacy": ("archive", "Hash or drop passwords and addresses that are old enough."),
    "prune": ("archive", "Take archived raw events out of the database."),
    "publication": ("publication", "Publish reports to Elasticsearch or OpenSearch: setup, check, run, status."),
    "query": ("query", "SQL over the database and its archive."),
    "rebuild": ("rebuild", "Compute the summaries anew from the events."),
    "reconcile": ("reconcile", "Tell Dagster what was done without it."),
    "reparse": ("reparse", "Derive the stored events anew under today's settings."),
    "report": ("report", "Print, write or publish the report of a day, week or month."),
    "rules": ("rules", "Rules on techniques and risk: list, test, check."),
    "seal": ("seal", "Seal days: they do not change any more."),
    "sensors": ("sensors", "The sensors: list."),
    "serve": ("serve", "Serve the written reports to a browser on this machine."),
    "session": ("session", "What a session did, event by event; its recording."),
    "status": ("status", "Show what was read and what is left to do."),
    "techniques": ("techniques", "What sessions showed in the words of ATT&CK: navigator, unmapped."),
    "ui": ("ui", "Run the Dagster UI, its daemon, and the report server."),
    "unarchive": ("archive", "Bring archived raw events back."),
    "unseal": ("seal", "Open sealed days, and take in what came late."),
    "validate": ("validate", "Prove that summaries and reports equal the events."),
    "watchdog": ("watchdog", "Have Dagster load a code location anew that went bad."),
    "worker": ("worker", "Do runs of Dagster on this machine, beside other workers."),
}
"""Which module of `cowrie_assets.cli` has a command, and what the list of commands says of it."""


class _Commands(click.Group):
    """The module of a command is loaded when it is asked for: no command costs the start of another, and the list of
    them all costs none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"cowrie_assets.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings are read from the environment: COWRIE_LOG_ROOT (where the logs lie), COWRIE_DATABASE_URL, "
    "COWRIE_REPORT_DIR, COWRIE_REPORT_URL, COWRIE_FIRST_DAY, COWRIE_SENSORS_FILE.",
)
@click.version_option(__version__, prog_name="cowrie-assets")
def commands() -> None:
    """Cowrie honeypot logs in; exact sessions, commands, logins, files and reports out.

    \b
    Examples:
      COWRIE_LOG_ROOT=/var/log/cowrie cowrie-assets ingest
      cowrie-assets report daily 2026-08-31 --format text
      cowrie-assets validate
    """


class _PrintableFormatter(logging.Formatter):
    """Warnings of the domain may quote paths and lines that an attacker wrote."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


def main() -> NoReturn:
    """Run the command line of this process and end it with a true exit code. SIGTERM ends it as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _interrupt)
    handler = logging.StreamHandler()
    handler.setFormatter(_PrintableFormatter("%(levelname)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)  # Ctrl-C as a connection is closed gave a stack
    logging.getLogger("cowrie_assets.ingest").setLevel(logging.ERROR)  # its warnings come back with the result
    try:
        sys.stdout = whole_output(sys.stdout)
    except OSError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    sys.exit(run(sys.argv[1:]))


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def run(arguments: Sequence[str]) -> int:
    """Run one command and tell its exit code; whatever goes wrong has been told on standard error."""
    code = _run(arguments)
    error = finish_output()
    if error is None or isinstance(error, BrokenPipeError):
        return code if error is None else max(code, 1)
    click.echo(f"Error: {_sentence_of(error)}", err=True)
    return max(code, 1)


def _run(arguments: Sequence[str]) -> int:
    try:
        code = commands.main(list(arguments), prog_name="cowrie-assets", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. What was committed before stays; the next run goes on from there.", err=True)
        return _INTERRUPTED
    except BrokenPipeError:  # whoever read our output is gone
        discard_output()
        return 1
    except Exception as error:
        sentence = _sentence_of(error)
        if sentence is None:
            click.echo(printable_lines(traceback.format_exc()), err=True, nl=False)
        else:
            click.echo(f"Error: {printable(sentence)}", err=True)
        if isinstance(error, OSError) and error.filename == STANDARD_OUTPUT:
            discard_output()
        return 1
    return code if isinstance(code, int) else 0


def _sentence_of(error: Exception) -> str | None:
    from cowrie_assets.faults import sentence_of

    return sentence_of(error)
