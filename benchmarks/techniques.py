"""How well commands are mapped to ATT&CK: `python -m benchmarks.techniques --labels FILE`.

FILE holds labelled sessions: a JSON list of `{"statements": [...], "tactics": [...]}`, each statement with the tactic
that experts gave it. A statement's prediction is the set of tactics of the techniques that it serves
(cowrie/passages.py); statements labelled otherwise than with one of the five tactics are not scored. Beside FILE,
`techniques_of_lines.json` (`--lines`), pairs of a technique and a command line of tests for red teams, tells for how
many techniques a line is mapped to it or its parent. The commands of real logs (`--logs`) tell the share that no rule
maps. Exit code 1 where a score is below its bound.
"""

import argparse
import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.outcome import machine
from cowrie_assets.cowrie.attack import attack
from cowrie_assets.cowrie.passages import Statement, techniques_of_statements
from cowrie_assets.cowrie.rule_set import rule_set
from cowrie_assets.cowrie.techniques import TechniqueMatcher
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.printable import printable
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse

_OWN_LOGS = Path(__file__).parents[1] / "cowrie_assets_tests" / "real_logs" / "logs"
_SCORED = ("Discovery", "Execution", "Persistence", "Defense Evasion", "Impact")
_SCORED_AS = {
    **dict.fromkeys(("discovery", "reconnaissance", "collection"), "Discovery"),
    **dict.fromkeys(("execution", "command-and-control", "resource-development"), "Execution"),
    **dict.fromkeys(("persistence", "privilege-escalation", "credential-access"), "Persistence"),
    **dict.fromkeys(("defense-evasion", "stealth", "defense-impairment"), "Defense Evasion"),
    "impact": "Impact",
}
"""The tactic of the labels that a tactic of ATT&CK is scored as; the others are not scored."""
_END = re.compile(r"\s*(?:\|\||&&|;|(?P<pipe>\|))\s*\Z")
_LEAST = {"micro_f1": 0.80, "macro_f1": 0.60, "distinct_micro_f1": 0.70, "red_team_share": 0.60}
_MOST_SHOWN = 10
_COMMANDS = """
SELECT texts.text AS command, SUM(command_facts.occurrences) AS occurrences
FROM command_facts
JOIN texts ON texts.id = command_facts.command_id
GROUP BY texts.text
"""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--labels", type=Path, required=True, help="labelled sessions")
    parser.add_argument("--lines", type=Path, help="pairs of technique and line")
    parser.add_argument("--logs", type=Path, default=_OWN_LOGS, help="a folder of real logs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures and the machine's description")
    given = parser.parse_args()
    matcher = rule_set().techniques
    figures: dict[str, float] = {}
    try:
        score = score_sessions(matcher, json.loads(given.labels.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        parser.error(f"--labels {given.labels}: no list of sessions with statements and tactics: {error!r}")
    print(f"{score.sessions:,} sessions, {score.statements:,} statements scored, {len(score.distinct_true):,} distinct")
    for tactic in _SCORED:
        hits, false, missed = score.hits[tactic], score.false[tactic], score.missed[tactic]
        print(f"  {tactic:<18} F1 {f1(hits, false, missed):.3f}  right {hits:,}, too many {false:,}, missed {missed:,}")
    figures |= score.figures
    lines = given.lines or given.labels.with_name("techniques_of_lines.json")
    if lines.is_file():
        mapped, unmapped = red_team(matcher, json.loads(lines.read_text(encoding="utf-8")))
        tested = len(mapped) + len(unmapped)
        print(f"techniques of red-team tests mapped: {len(mapped)} of {tested}; not: {', '.join(unmapped)}")
        figures["red_team_share"] = len(mapped) / tested
    commands = commands_of(given.logs)
    without = Counter({command: count for command, count in commands.items() if not matcher.of_command(command)})
    print(f"of {commands.total():,} commands of {given.logs}, no rule maps {without.total():,}, most often:")
    for command, count in without.most_common(_MOST_SHOWN):
        print(f"  {count:>6,}  {printable(command)[:100]}")
    figures["unmapped_share"] = without.total() / max(1, commands.total())
    figures["unmapped_share_of_distinct"] = len(without) / max(1, len(commands))
    found = {name: round(value, 4) for name, value in figures.items()}
    print(json.dumps(found))
    if given.json is not None:
        given.json.write_text(
            json.dumps({"command": sys.argv, "machine": machine(), "figures": found}, indent=2) + "\n"
        )
    sys.exit(int(any(figures.get(name, least) < least for name, least in _LEAST.items())))


@dataclass(slots=True)
class Score:
    """Predictions against labels, by tactic."""

    sessions: int = 0
    statements: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    distinct_true: set[tuple[str, str]] = field(default_factory=set)
    distinct_predicted: set[tuple[str, str]] = field(default_factory=set)
    of_sessions: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, statement: str, tactic: str, predicted: frozenset[str]) -> None:
        """Count a statement."""
        self.statements += 1
        self.hits.update(predicted & {tactic})
        self.false.update(predicted - {tactic})
        self.missed.update({tactic} - predicted)
        self.distinct_true.add((statement, tactic))
        self.distinct_predicted.update((statement, each) for each in predicted)

    @property
    def figures(self) -> dict[str, float]:
        """F1 over all statements, over tactics, over distinct pairs, and over sessions as sets of tactics."""
        both = self.distinct_true & self.distinct_predicted
        return {
            "micro_f1": f1(self.hits.total(), self.false.total(), self.missed.total()),
            "macro_f1": sum(f1(self.hits[each], self.false[each], self.missed[each]) for each in _SCORED)
            / len(_SCORED),
            "distinct_micro_f1": f1(len(both), len(self.distinct_predicted - both), len(self.distinct_true - both)),
            "session_micro_f1": f1(*(sum(column) for column in zip(*self.of_sessions, strict=True))),
        }


def f1(hits: int, false: int, missed: int) -> float:
    """The harmonic mean of precision and recall; 0 without a hit."""
    return 2 * hits / (2 * hits + false + missed) if hits else 0.0


def score_sessions(matcher: TechniqueMatcher, labelled: Sequence[Mapping[str, Any]]) -> Score:
    """Predict each statement of the labelled sessions, and compare."""
    score, techniques = Score(), attack().techniques
    for session in labelled:
        statements = [statement_of(text) for text in session["statements"]]
        true: set[str] = set()
        found: set[str] = set()
        served = techniques_of_statements(matcher, statements)
        for statement, tactic, ids in zip(statements, session["tactics"], served, strict=True):
            if tactic not in _SCORED:
                continue
            tactics = {each for number in ids for each in techniques[number].now.tactics}
            predicted = frozenset(_SCORED_AS[each] for each in tactics if each in _SCORED_AS)
            score.add(statement.text, tactic, predicted)
            true.add(tactic)
            found |= predicted
        score.sessions += 1
        score.of_sessions.append((len(true & found), len(found - true), len(true - found)))
    return score


def statement_of(labelled: str) -> Statement:
    """A statement as the labels have it, with what ends it: `cat /proc/cpuinfo |`."""
    end = _END.search(labelled)
    return (
        Statement(labelled, piped=False) if end is None else Statement(labelled[: end.start()], end["pipe"] is not None)
    )


def red_team(matcher: TechniqueMatcher, pairs: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """The techniques of which a line is mapped to them or to their parent, and the others."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for technique, line in pairs:
        found[technique].update(rule.technique for rule in matcher.of_command(line))
    mapped = sorted(each for each, ids in found.items() if not ids.isdisjoint({each, each.partition(".")[0]}))
    return mapped, sorted(found.keys() - set(mapped))


def commands_of(logs: Path) -> Counter[str]:
    """How often each command was typed that is counted as one."""
    with tempfile.TemporaryDirectory(prefix="cowrie-benchmark-") as folder:
        url = f"sqlite:///{folder}/warehouse.db"
        with Warehouse.open(url) as warehouse:
            ingest(warehouse, replace(Settings(), database_url=url), mode="bulk", paths=[logs])
            with warehouse.read() as connection:
                rows = connection.execute(text(_COMMANDS)).all()
    return Counter({decode_text(command): int(count) for command, count in rows})


if __name__ == "__main__":
    main()
