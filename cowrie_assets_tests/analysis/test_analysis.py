"""DataFrames for analysts, against the contract's views; and their documentation."""

import json
import re
import warnings
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text

from cowrie_assets import analysis
from cowrie_assets.analysis.rare import RARE_TABLES
from cowrie_assets.analysis.tables import INDICATORS, TABLES, Type
from cowrie_assets.indicators.collecting import Wanted, indicators
from cowrie_assets.indicators.documents import as_document
from cowrie_assets.reports.periods import PeriodError
from cowrie_assets.reports.sensors import UnknownSensorError
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.finding.conftest import KEY, Made

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
    times = (pd.Timestamp("2026-08-12T23:59", tz="America/New_York") - pd.Timedelta(days=1), datetime(2026, 8, 20, 23))
    pd.testing.assert_frame_equal(analysis.sessions(*times, "hp-one", database=warehouse), whole)
    for start, end, said in ((last, first, "runs backwards"), (pd.NaT, None, "no day")):
        with pytest.raises(PeriodError, match=said):
            analysis.longtail(start, end, database=warehouse)
    with pytest.raises(UnknownSensorError, match="sensor 'elsewhere'"):
        analysis.logins(sensor="elsewhere", database=warehouse)
    with pytest.raises(PeriodError):
        analysis.logins("2026-02-30", database=warehouse)


def test_artefacts_are_those_of_the_view_session_by_session(warehouse: Warehouse, made: list[Made]) -> None:
    frame = analysis.artefacts(database=warehouse)
    assert not frame.duplicated(["sensor", "session_id", "kind", "value"]).any()
    found = frame.groupby(["kind", "value"], observed=True).size().to_dict()
    assert found == {(row["kind"], row["value"]): row["sessions"] for row in tables.rows(warehouse, "artefacts")}
    keys = frame[frame["kind"] == "ssh_key"]
    assert set(keys["value"]) == {KEY[1]}
    assert set(keys["subtype"]) == {"ssh-ed25519"}
    assert set(keys["comment"]) == {"me@evil"}
    implanted = {(each.sensor, each.session_id) for each in made if KEY[0] in each.command}
    assert set(zip(keys["sensor"], keys["session_id"], strict=True)) == implanted


def test_indicators_of_days_and_of_a_sensor(warehouse: Warehouse, made: list[Made]) -> None:
    whole = analysis.indicators(database=warehouse)
    columns = ["type", "value", "first_seen", "last_seen", "sessions", "sensors", "confidence", "tags", "campaign_id"]
    with warehouse.read() as connection:
        expected = [as_document(each) for each in indicators(connection, Wanted())]
    found = [{name: _plain(value) for name, value in row.items()} for row in whole[columns].to_dict("records")]
    assert found == [
        {name: "; ".join(each[name]) if name == "tags" else each[name] for name in columns} for each in expected
    ]
    one = analysis.indicators("2026-08-12", "2026-08-20", "hp-one", min_confidence=50, database=warehouse)
    assert one["confidence"].min() >= 50
    assert set(one["sensors"]) == {1}
    files = one[one["type"] == "sha256"].set_index("value")["sessions"].to_dict()
    within = [each for each in made if "2026-08-12" <= each.day <= "2026-08-20" and each.sensor == "hp-one"]
    assert files == Counter(each.shasum for each in within)
    none = analysis.indicators("1999-01-01", "1999-12-31", database=warehouse)
    for table in (whole, none):
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == {
            column.name: DTYPES[column.type] for column in INDICATORS.columns
        }


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
        for name, table in {**TABLES, **RARE_TABLES, "indicators": INDICATORS}.items()
    }
