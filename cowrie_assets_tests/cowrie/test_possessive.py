"""Groups that are never given back: all of a Python's, and those of a Python that has them wrong."""

import re
from pathlib import Path

import pytest

from cowrie_assets.cowrie import possessive

_FOLDER = Path(possessive.__file__).parents[1]


@pytest.fixture(params=["as this Python has them", "as every Python has them"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "as every Python has them":
        monkeypatch.setattr(possessive, "_IS_RIGHT", False)


@pytest.mark.usefixtures("way")
def test_half_a_group_is_not_taken_and_a_whole_one_not_given_back() -> None:
    for pattern in (possessive.any_number(b"ab?c"), possessive.at_least_one(b"ab?c")):
        assert re.fullmatch(pattern + b"a", b"acabca")
        assert re.match(pattern, b"acab").end() == 2
        assert not re.match(pattern + b"ac", b"acac")
    assert re.fullmatch(possessive.any_number(b"ab"), b"")
    assert not re.match(possessive.at_least_one(b"ab"), b"a")


def test_no_pattern_is_written_in_the_way_that_older_pythons_have_wrong() -> None:
    """A class of characters may be possessive on all of them, a group may not."""
    wrong = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+")
    found = [path.name for path in _FOLDER.rglob("*.py") if wrong.search(path.read_text(encoding="utf-8"))]
    assert found == ["possessive.py"]
