"""The work that mends what several checks found: each kind of it once, on exactly what is wrong, and as commands."""

from datetime import date

from cowrie_assets.summaries.mending import (
    Mend,
    commands,
    merged,
    rebuild,
    rederive,
    reread,
    resealed,
    rewrite,
)

FIRST, SECOND, THIRD, LATER = (date(2026, 8, day) for day in (29, 30, 31, 10))


def merged_commands(*mends: Mend) -> list[str]:
    return commands(merged(mends))


def test_days_of_one_kind_of_work_are_put_together() -> None:
    assert merged_commands(rebuild([FIRST, THIRD]), rebuild([SECOND]), rewrite([THIRD]), rebuild([LATER])) == [
        "cowrie-assets rebuild --from 2026-08-10 --to 2026-08-10",
        "cowrie-assets rebuild --from 2026-08-29 --to 2026-08-31",
        "cowrie-assets backfill 2026-08-31 2026-08-31",
    ]


def test_many_days_apart_are_one_command_though_the_work_names_only_them() -> None:
    (work,) = rebuild(apart := [date(2026, 8, day) for day in (1, 3, 5, 7)])
    assert work.commands == ["cowrie-assets rebuild --from 2026-08-01 --to 2026-08-07"]
    assert work.stretches == [(day, day) for day in apart]


def test_a_command_over_everything_takes_the_place_of_those_over_some() -> None:
    assert merged_commands(rebuild([FIRST]), rebuild([])) == ["cowrie-assets rebuild"]
    assert merged_commands(reread(["/logs/a"]), reread([None])) == ["cowrie-assets ingest --mode bulk"]


def test_logs_are_named_once_and_quoted() -> None:
    assert merged_commands(reread(["/logs/a && b"]), reread(["/logs/a && b", "/logs/c"])) == [
        "cowrie-assets ingest --mode bulk '/logs/a && b' /logs/c"
    ]
    assert merged_commands(reread(["/logs/a", "/logs/\x1b"])) == ["cowrie-assets ingest --mode bulk"]


def test_what_is_read_anew_after_a_reparse_stays_behind_it() -> None:
    assert merged_commands(rederive([FIRST], from_logs=True), rederive([SECOND], from_logs=False)) == [
        "cowrie-assets reparse --from 2026-08-29 --to 2026-08-30",
        "cowrie-assets ingest",
    ]


def test_without_work_there_is_nothing_to_do() -> None:
    assert merged_commands() == []


def test_sealed_days_are_opened_before_all_work_and_sealed_again_behind_it() -> None:
    """Only they: a day between that was never sealed stays open, however many commands that takes."""
    assert resealed([], rebuild([FIRST])) == rebuild([FIRST])
    alternate = [date(2026, 8, day) for day in (1, 3, 5, 7)]
    sealed_again = [f"cowrie-assets seal {day} {day}" for day in alternate]
    opened = [f"cowrie-assets unseal --as-they-are {day} {day}" for day in alternate]
    mends = [rebuild([FIRST]), resealed(alternate[1:]), resealed(alternate, reread([None]), as_they_are=True)]
    assert merged_commands(*mends) == [
        *opened,
        *commands(reread([None])),
        *commands(rebuild([FIRST])),
        *sealed_again,
    ]
