"""What a look tells: one result with its state, in a sentence, with rows and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cowrie_assets.amounts import counted

State = Literal["ok", "warning", "error"]
Cell = str | int | None

EXAMPLES = 10
"""Rows that a result shows at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong. Texts may hold names of sensors and files: whoever shows them escapes them."""

    key: str
    """The same for as long as it lasts: an alert is sent for each key once."""
    sentence: str
    mend: str
    """A command or an act, in one line."""
    state: Literal["warning", "error"] = "error"
    rows: Sequence[Mapping[str, Cell]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthResult:
    """What one look found."""

    name: str
    state: State
    summary: str
    """One sentence."""
    examples: tuple[Mapping[str, Cell], ...] = ()
    """At most 10 rows of day, sensor, log, ...: of one result all with the same columns."""
    mend: str | None = None
    problems: tuple[Problem, ...] = ()
    judged: bool = True
    """False where the look could not be taken: what it found before still stands."""

    @classmethod
    def of(cls, name: str, sound: str, problems: Sequence[Problem]) -> "HealthResult":
        """The result of a look that found `problems`; without any, `sound` is its summary."""
        if not problems:
            return cls(name=name, state="ok", summary=sound)
        worst = sorted(problems, key=lambda problem: problem.state != "error")
        first = worst[0]
        more = counted(len(worst) - 1, "more problem")
        return cls(
            name=name,
            state=first.state,
            summary=first.sentence if len(worst) == 1 else f"{first.sentence} (and {more})",
            examples=tuple(row for problem in worst for row in problem.rows)[:EXAMPLES],
            mend=first.mend,
            problems=tuple(worst),
        )

    @classmethod
    def not_judged(cls, name: str, reason: str) -> "HealthResult":
        """The result of a look that could not be taken."""
        return cls(name=name, state="warning", summary=f"not looked at: {reason}", judged=False)
