"""The benchmark of scale tells growth where there is some, and what it told can be read back."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks.scale import PHASES, Course, Step, _told, extrapolated, growth_of


def _step(number: int, growing: float) -> Step:
    cost = dict.fromkeys((*PHASES, "all"), 10 + growing * number)
    return Step(10, 1_000_000, cost, cost, 0.0, 2**28, 0, 2**30 * number, 2**20, 2**20)


def test_a_cost_that_grows_with_what_is_stored_is_told() -> None:
    even, growing = ([_step(number, rise) for number in range(1, 19)] for rise in (0.0, 2.0))
    assert growth_of(even) == pytest.approx(dict.fromkeys(PHASES, 1.0))
    assert min(growth_of(growing).values()) > 1.25
    assert growth_of(even[:5]) == {}
    assert {name: value for name, value, _ in extrapolated(even)}["database"] == pytest.approx(1000.0)


def test_steps_that_were_told_are_read_back(tmp_path: Path) -> None:
    step, morning = _step(1, 0.0), _step(2, 0.0)
    told = [
        "a warning",
        *(f"sqlite {what} {json.dumps(asdict(each))}" for what, each in (("step", step), ("morning", morning))),
    ]
    (tmp_path / "told").write_text("\n".join(told))
    assert _told(tmp_path / "told") == {"sqlite": Course([step], morning)}
