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
_NAMED_ALIKE = (
    *(
        "backfill",
        "campaigns",
        "collect",
        "digest",
        "doctor",
        "enrich",
        "find",
        "history",
        "ingest",
        "publication",
        "query",
    ),
    *("query", "rebuild", "reconcile", "reparse", "report", "seal", "serve", "status", "ui", "validate", "watchdog"),
)
_MODULES = {
    **{name: name for name in _NAMED_ALIKE},
    **dict.fromkeys(("archive", "prune", "unarchive"), "archive"),
    "dead-letters": "dead_letters",
    "db": "database",
    "unseal": "seal",
}
"""Which module of `cowrie_assets.cli` has a command."""


class _Commands(click.Group):
    """The module of a command is loaded when it is asked for: no command costs the start of another."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"cowrie_assets.cli.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


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
