"""Which sessions are abnormal: rare numbers of commands, and files that are new to the world."""

from datetime import UTC, datetime

import pytest

from cowrie_assets.clock import to_us
from cowrie_assets_tests.reports.facts import Facts, Session, StoredFile, Verdicts
from cowrie_assets_tests.reports.test_document import MONDAY, report

SHASUM = "aa" * 32


def typing(numbers: dict[int, int]) -> list[Session]:
    """`{number of commands: sessions that have so many}`"""
    return [Session(MONDAY, commands={"id": number}) for number, times in numbers.items() for _ in range(times)]


@pytest.mark.parametrize(
    ("numbers", "rare"),
    [
        ({1: 5, 9: 1}, {9: 1}),
        ({1: 5, 9: 2}, {}),  # of so few, one alone is rare
        ({1: 199, 9: 2, 8: 1}, {8: 1, 9: 2}),  # two of 202 are less than one in a hundred
        ({1: 197, 9: 2}, {}),  # two of 199 are more
        ({1: 2, 2: 1, 3: 1}, {}),  # half of them would be rare: there is no usual number
        ({1: 3, 2: 1, 3: 1}, {2: 1, 3: 1}),
        ({7: 1}, {}),
        ({7: 1, 8: 1}, {}),
        ({}, {}),
    ],
)
def test_a_number_is_rare_where_one_in_a_hundred_has_it_or_one_alone(warehouse, numbers, rare):
    Facts(warehouse).store([*typing(numbers), *(Session(MONDAY) for _ in range(5))])
    abnormal = report(warehouse)["abnormal"]
    assert {each["commands"]: each["sessions"] for each in abnormal["rare_command_counts"]} == rare
    assert abnormal["uncommon_command_sessions"] == sum(rare.values()) == len(abnormal["sessions"])
    assert all(each["commands"] in rare for each in abnormal["sessions"])


@pytest.mark.parametrize(
    ("submitted", "recent"),
    [
        (datetime(2026, 8, 25, 23, 59, 59, 999_999, UTC), 0),
        (datetime(2026, 8, 26, tzinfo=UTC), 1),
        (datetime(2026, 8, 31, 12, tzinfo=UTC), 1),
        (datetime(2026, 9, 5, 23, 59, 59, 999_999, UTC), 1),
        (datetime(2026, 9, 6, tzinfo=UTC), 0),
        (None, 0),
    ],
)
def test_a_file_is_new_to_the_world_within_five_days(warehouse, submitted, recent):
    verdicts = Verdicts(
        clean_files=frozenset({SHASUM}), submitted={} if submitted is None else {SHASUM: to_us(submitted)}
    )
    Facts(warehouse).store([Session(MONDAY, files=(StoredFile(SHASUM),))], verdicts)
    abnormal = report(warehouse)["abnormal"]
    assert (abnormal["recent_vt_submission_sessions"], len(abnormal["sessions"])) == (recent, recent)


def test_new_files_come_first_then_more_commands_and_each_says_why(warehouse):
    verdicts = Verdicts(clean_files=frozenset({SHASUM}), submitted={SHASUM: to_us(datetime(2026, 8, 30, tzinfo=UTC))})
    usual = typing({1: 296})
    odd = typing({5: 1, 2000: 3})
    new = [Session(MONDAY, commands={"id": number}, files=(StoredFile(SHASUM),)) for number in (1, 8)]
    Facts(warehouse).store([*usual, *odd, *new], verdicts)
    first, *rest = report(warehouse)["abnormal"]["sessions"]
    assert (first["commands"], first["reasons"]) == (
        8,
        [
            "has a file first submitted to VirusTotal within 5 days of the period",
            "typed 8 commands; no other session has so many",
        ],
    )
    assert [each["commands"] for each in rest] == [1, 2000, 2000, 2000, 5]
    assert rest[1]["reasons"] == ["typed 2,000 commands; 2 other sessions have so many"]


def test_at_most_20_and_those_that_tie_by_name(warehouse):
    verdicts = Verdicts(clean_files=frozenset({SHASUM}), submitted={SHASUM: to_us(datetime(2026, 8, 30, tzinfo=UTC))})
    tied = [Session(MONDAY, f"hp-{number % 3}", second=5, files=(StoredFile(SHASUM),)) for number in range(30)]
    Facts(warehouse).store(tied, verdicts)
    abnormal = report(warehouse)["abnormal"]
    by_name = sorted((session.sensor, f"{ref:012x}") for ref, session in enumerate(tied, 1))
    assert [(each["sensor"], each["session_id"]) for each in abnormal["sessions"]] == by_name[:20]
    assert abnormal["recent_vt_submission_sessions"] == 30
