"""Whether what rows are known by is what they say: a text, sensor, event type, session, dead letter or origin
by its digest."""

from collections import Counter
from itertools import chain, islice

from cowrie_assets.ingest.spoiled_letters import spoiled_letters
from cowrie_assets.ingest.spoiled_names import spoiled_rows
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.checks import CheckResult, result
from cowrie_assets.summaries.found_rows import EXAMPLES
from cowrie_assets.summaries.rules import lost_rules
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import dead_letters, technique_rules, technique_ruleset

NAME = "names_are_those_of_their_digests"
_PROMISE = "texts, sensors, event types, sessions, rules, dead letters and origins of events are what their digests say"
_CHARACTERS = 60


def check_names(warehouse: Warehouse, *, examples: int = EXAMPLES) -> CheckResult:
    """Read all rows that a digest knows; the result shows so many of them as `examples`."""
    with warehouse.read() as connection:
        found = spoiled_rows(connection)
        first = list(islice(found, examples))
        tables = Counter(table for table, _ in chain(first, found))
        lost = lost_rules(connection)
        letters = [(row.line_number, row.path) for row in spoiled_letters(connection)]
    of_rules = tables.pop(technique_rules.name, 0) + tables.pop(technique_ruleset.name, 0) + len(lost)
    mend = mending.rederive([], from_logs=False) if tables else ()
    mend += mending.rebuild([]) if of_rules else ()
    mend += mending.reread(path and decode_text(path) for _, path in letters) if letters else ()
    rows = [
        {"day": None, "table": table, "problem": f"{_shown(table, said)} is not what its digest says"}
        for table, said in first
    ]
    rows += [
        {"day": None, "table": technique_rules.name, "problem": f"the rule in force {name!r} is not there"}
        for name in lost[: examples - len(rows)]
    ]
    rows += [
        {
            "day": None,
            "table": dead_letters.name,
            "log": path and decode_text(path),
            "problem": f"the dead letter of line {line_number} is not what its digest says",
        }
        for line_number, path in letters[: examples - len(rows)]
    ]
    return result(NAME, _PROMISE, tables.total() + of_rules + len(letters), rows, mend=mend)


def _shown(table: str, said: str) -> str:
    """A text may be a password of the operator's own."""
    return "a text" if table == "texts" else repr(said[:_CHARACTERS])
