"""What the SQL of a section gives, bound to one period and one sensor."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import BindParameter, Connection, CursorResult, Row, TextClause, bindparam

from cowrie_assets.clock import day_number
from cowrie_assets.reports.memo import Memo
from cowrie_assets.reports.periods import Period
from cowrie_assets.reports.scoped_sql import DAYS, Counted, declared, scoped_source, scoped_statement
from cowrie_assets.reports.top_list import TopItem, TopList
from cowrie_assets.warehouse.codec import decode_text

Values = Sequence[tuple[int, ...]]
"""Rows of numbers that a statement is given as a table; never none of them."""
Bind = int | bytes | list[int] | list[bytes] | list[str]
NOTHING: Values = [(0,)]
"""A number that nothing has."""

_BATCH = 1000
_EVER = -(2**31)
_FEW = 2000
"""Events of a period that are few, though each holds a text of 60 kB."""

LISTED_SECTIONS = ("credentials", "commands", "files", "sources", "clients", "tunnels")
"""The sections with top lists. A list's key begins with `top_`, and its rows are named so in the section's SQL."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The plain numbers of a section, and its top lists, by name."""

    numbers: Mapping[str, int]
    tops: Mapping[str, list[TopItem]]

    def top(self, name: str) -> list[TopItem]:
        """The top list `name`; empty where nothing was counted."""
        return self.tops.get(name, [])


Listed = Mapping[str, Figures]
"""The figures of each of `LISTED_SECTIONS`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a document is about."""

    connection: Connection
    period: Period
    sensor_id: int
    """0 means all sensors."""
    top: int
    """The most items of a top list."""
    look_back_days: int | None = None
    """How many days before the period are known when something is told to be new; None: all of them."""
    memo: Memo = field(default_factory=Memo)
    without_known_scanners: bool = False
    """Whether the top lists are made without the sessions of known scanners."""
    counted: Counted = Counted.ALL
    """What statements of sections with top lists count: see `counting`."""

    def at(self, period: Period) -> "Scope":
        """The same of another period."""
        return replace(self, period=period)

    def counting(self, counted: Counted) -> "Scope":
        """The same of a part of its sections."""
        return replace(self, counted=counted)

    def rows(self, section: str, values: Mapping[str, Values] | None = None, /, **binds: Bind) -> CursorResult[Any]:
        """Run `sql/reports/<section>.sql`; its rows stream, unless they are few. A list is bound where the file says
        `IN :name`.

        The period's days are bound, and its moments; one that looks at days before it is given its `start_day`.
        `values` stand where it says `VALUES :name`, as literals: there may be more than an engine binds.
        """
        return self._run(section, values or {}, binds, streams=not self._has_few_events)

    def one(self, section: str, /, **binds: int) -> Row[Any]:
        """The only row of `sql/reports/<section>.sql`."""
        return self._run(section, {}, binds, streams=False).one()

    def _run(
        self,
        section: str,
        values: Mapping[str, Values],
        binds: Mapping[str, Bind],
        *,
        streams: bool,
    ) -> CursorResult[Any]:
        period = self.period
        window = {
            "start_day": day_number(period.start),
            "end_day": day_number(period.end),
            "start_us": period.start_us,
            "end_us": period.end_us,
            "known_from": self._known_from,
        }
        lists: list[BindParameter[Any]] = [
            bindparam(name, expanding=True) for name, value in binds.items() if isinstance(value, list)
        ]
        start_day = binds.get("start_day", window["start_day"])
        bound = {**window, "sensor_id": self.sensor_id, **binds}
        if bound["sensor_id"] and isinstance(start_day, int):
            bound[DAYS] = list(range(start_day, window["end_day"]))
        one_sensor, dialect = bool(bound["sensor_id"]), self.connection.dialect.name
        query = _statement(section, dialect, values, one_sensor=one_sensor, counted=self.counted).bindparams(*lists)
        return self.connection.execute(query, bound, execution_options={"yield_per": _BATCH} if streams else {})

    @property
    def _has_few_events(self) -> bool:
        """Whether what is read of the period fits into memory at once, on PostgreSQL: there a statement that streams is
        a cursor, which costs three exchanges with the server and is planned each time. SQLite streams at no cost."""
        if self.connection.dialect.name != "postgresql":
            return False
        key = ("few_events", self.counted, self.sensor_id, self.period)
        return self.memo.once(key, lambda: bool(self.one("few_events", most=_FEW)[0]))

    @property
    def _known_from(self) -> int:
        """The first day whose values are known when the period begins."""
        return _EVER if self.look_back_days is None else day_number(self.period.start) - self.look_back_days

    def figures(self, section: str, values: Mapping[str, Values] | None = None, /, **binds: int) -> Figures:
        """Run `sql/reports/<section>.sql`, a file whose rows are `item, value, number`."""
        numbers: dict[str, int] = {}
        tops: defaultdict[str, TopList] = defaultdict(lambda: TopList(self.top))
        for row in self.rows(section, values, top=self.top, **binds):
            if row.value is None:
                numbers[row.item] = row.number
            else:
                tops[row.item].add(decode_text(row.value), row.number)
        return Figures(numbers, {item: top.items() for item, top in tops.items()})


def _statement(
    section: str, dialect: str, values: Mapping[str, Values], *, one_sensor: bool, counted: Counted
) -> TextClause:
    if not values:
        return scoped_statement(section, dialect, one_sensor=one_sensor, counted=counted)
    sql = scoped_source(section, dialect, one_sensor=one_sensor, counted=counted)
    for name, rows in values.items():
        written = ", ".join("({})".format(", ".join(map(str, map(int, row)))) for row in rows)
        sql = sql.replace(f"VALUES :{name}", f"VALUES {written}")
    return declared(sql)
