"""Whether the rules of the user's own that the settings name are those by which the warehouse was judged."""

from collections.abc import Iterator

from cowrie_assets.amounts import counted
from cowrie_assets.cowrie.rule_table import RuleError
from cowrie_assets.errors import SettingsError
from cowrie_assets.health.finding import Finding
from cowrie_assets.rules_file import VARIABLE, read_rules_file
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.rules import own_rules_of, rules_in_force
from cowrie_assets.warehouse.engine import Warehouse

_EVERYWHERE = "it must be the same on every machine that ingests into one database"


def rule_findings(settings: Settings, warehouse: Warehouse | None) -> Iterator[Finding]:
    """What is to be said of them. A file that cannot be used is a setting that cannot, and told as such."""
    try:
        text, rules = read_rules_file(settings.rules_file)
    except SettingsError:
        return
    if warehouse is None:
        return
    with warehouse.read() as connection:
        stored = own_rules_of(connection)
        try:
            rules_in_force(connection)
        except RuleError as error:
            yield Finding("rules", "error", str(error))
            return
    if settings.rules_file is None:
        if stored and not settings.collector:
            yield Finding(
                "rules",
                "warning",
                f"the database keeps rules of your own, and {VARIABLE} names no file: the next ingest here drops them; "
                f"{_EVERYWHERE}",
            )
        return
    found = f"{VARIABLE} {settings.rules_file}: {counted(len(rules.own), 'rule')} of your own"
    if text == stored:
        yield Finding("rules", "ok", found)
    else:
        message = f"{found}, not yet those that the database was judged by: the next ingest here takes them in"
        yield Finding("rules", "warning", f"{message}; {_EVERYWHERE}")
