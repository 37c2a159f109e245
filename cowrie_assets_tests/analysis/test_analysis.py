"""DataFrames for analysts, against the contract's views; and their documentation."""

import json
import re
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text

from cowrie_assets import analysis
from cowrie_assets.analysis.rare import RARE_TABLES
from cowrie_assets.analysis.tables import TABLES, Type
from cowrie_assets.reports.periods import PeriodError
from cowrie_assets.reports.sensors import UnknownSensorError
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.finding.conftest import Made

VIEWS = {
    "sessions": "session_summaries",
    "commands": "command_stats",
    "logins": "login_stats",
    "files": "files",
    "techniques": "session_techniques",
    "campaigns": "campaigns",
    "campaign_sessions": "campaign_sessions",
    "events": "raw_events",
}
RENAMED = {"event_at": "event_timestamp", "day": "event_date"}
DTYPES = {
    Type.TEXT: "string",
    Type.CATEGORY: "category",
    Type.INTEGER: "Int64",
    Type.NUMBER: "Float64",
    Type.FLAG: "boolean",
    Type.TIME: "datetime64[us, UTC]",
    Type.DAY: "datetime64[us, UTC]",
}
DOCUMENT = Path(__file__).parents[2] / "docs" / "ANALYSIS.md"


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, bool):
        return int(value)
    return value.item() if hasattr(value, "item") else value


@pytest.mark.parametrize("name", VIEWS)
def test_a_table_has_the_rows_of_its_view(warehouse: Warehouse, name: str) -> None:
    frame = getattr(analysis, name)(database=warehouse)
    expected = tables.rows(warehouse, VIEWS[name])
    columns = [column for column in frame.columns if RENAMED.get(column, column) in expected[0] and column != "day"]
    assert len(columns) >= 3

    def seen(row: dict[str, Any]) -> str:
        return json.dumps(row, default=str)

    found = [{name: _plain(value) for name, value in row.items()} for row in frame[columns].to_dict("records")]
    wanted = [{column: row[RENAMED.get(column, column)] for column in columns} for row in expected]
    assert sorted(map(seen, found)) == sorted(map(seen, wanted))


@pytest.mark.parametrize("name", TABLES)
def test_types_are_the_same_with_rows_and_without(warehouse: Warehouse, name: str) -> None:
    wanted = {column.name: DTYPES[column.type] for column in TABLES[name].columns}
    whole = getattr(analysis, name)(database=warehouse)
    none = getattr(analysis, name)("1999-01-01", "1999-12-31", database=warehouse)
    assert len(whole)
    assert not len(none)
    for frame in (whole, none):
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == wanted


def test_days_and_a_sensor(warehouse: Warehouse, made: list[Made]) -> None:
    first, last = "2026-08-12", "2026-08-20"
    wanted = [each for each in made if first <= each.day <= last and each.sensor == "hp-one"]
    whole = analysis.sessions(first, last, "hp-one", database=warehouse)
    assert sorted(whole["session_id"]) == sorted(each.session_id for each in wanted)
    by_day = list(analysis.sessions(first, last, "hp-one", by_day=True, database=warehouse))
    assert [sorted({str(day.date()) for day in frame["day"]}) for frame in by_day] == [
        [day] for day in sorted({each.day for each in wanted})
    ]
    assert sum(map(len, by_day)) == len(whole)
    pd.testing.assert_frame_equal(
        pd.concat(by_day, ignore_index=True).astype({"sensor": str}),
        whole.astype({"sensor": str}),
        check_categorical=False,
    )
    with pytest.raises(UnknownSensorError, match="sensor 'elsewhere'"):
        analysis.logins(sensor="elsewhere", database=warehouse)
    with pytest.raises(PeriodError):
        analysis.logins("2026-02-30", database=warehouse)


def test_events_that_left_are_told(warehouse: Warehouse) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        analysis.events("2026-08-12", "2026-08-12", database=warehouse)
        with warehouse.write() as connection:
            connection.execute(
                text(
                    "INSERT INTO seals SELECT MIN(c.session_day), 0, 0,"
                    " t.digest, t.digest, t.digest, t.digest, t.digest, 1, 1"
                    " FROM changed_days AS c CROSS JOIN (SELECT digest FROM texts LIMIT 1) AS t GROUP BY 4"
                )
            )
        try:
            with pytest.raises(UserWarning, match="raw events of 1 day are in the archive"):
                analysis.events(database=warehouse)
            analysis.sessions(database=warehouse)
        finally:
            with warehouse.write() as connection:
                connection.execute(text("DELETE FROM seals"))


def test_every_column_is_documented_as_it_is() -> None:
    sections = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^#|\Z)", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL))
    written = {
        name: re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", section, re.MULTILINE)
        for name, section in sections.items()
    }
    assert written == {
        name: [(column.name, column.type.value, column.meaning) for column in table.columns]
        for name, table in {**TABLES, **RARE_TABLES}.items()
    }
