"""CSV that no spreadsheet computes."""

import csv
import io

import pytest

from cowrie_assets.spreadsheet import csv_line


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1"])
def test_no_text_is_a_formula(text: str) -> None:
    ((cell, number),) = csv.reader(io.StringIO(csv_line([text, -1]).decode(), newline=""))
    assert (cell, number) == (f"'{text}", "-1")


def test_what_few_readers_take_is_an_escape() -> None:
    assert csv_line(["a\x00\ud800", None, "é,"]) == 'a\\x00\\ud800,,"é,"\r\n'.encode()
