"""The rules of SQL files hold, and each is told where it is broken."""

import pytest

from cowrie_assets_tests import sql_rules


def test_no_file_breaks_a_rule() -> None:
    assert list(sql_rules.broken_rules()) == []


@pytest.mark.parametrize(
    ("name", "sql", "told"),
    [
        ("reports/sources", "Select a from b", ["the keyword from is not upper case"]),
        ("reports/sources", "-- select from\nSELECT 'from where', t.value FROM t", []),
        ("reports/sources", "SELECT 1; SELECT 2", ["more than one statement"]),
        ("reports/sources", "SELECT DISTINCT * FROM t", ["columns are not named"]),
        ("reports/sources", "SELECT a, t.* FROM t", ["columns are not named"]),
        ("reports/interesting", "SELECT t.*, a * 2 FROM t", []),
        ("elsewhere/named_by_nobody", "SELECT 1", ["no module names it"]),
    ],
)
def test_what_breaks_a_rule_is_told(name: str, sql: str, told: list[str]) -> None:
    assert [line for line in sql_rules._broken(name, sql) if "bind" not in line] == told


def test_a_bind_that_no_caller_knows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_rules, "source", lambda *_: "SELECT :start_day, :of_somebody_else, ':text'")
    told = "no module that names it knows the bind :of_somebody_else"
    assert list(sql_rules._broken("reports/sources", "SELECT 1")) == [told]
