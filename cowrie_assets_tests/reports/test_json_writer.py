"""JSON that reads back what was written, whatever attackers sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.reports.json_writer import dump


def _is_json_text(text: str) -> bool:
    """No JSON parser gives a high surrogate before a low one: it reads them as one character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") == text


ANY_TEXT = st.text(st.characters(codec=None)).filter(_is_json_text)


@pytest.mark.parametrize("pretty", [True, False])
@given(
    st.dictionaries(ANY_TEXT, ANY_TEXT | st.integers(-(2**80), 2**80) | st.lists(ANY_TEXT) | st.none() | st.booleans())
)
def test_what_is_written_reads_back(pretty, document):
    written = dump(document, pretty=pretty)
    assert json.loads(written) == document
    assert list(json.loads(written)) == list(document)
    assert written.endswith(b"\n")


def test_a_lone_surrogate_and_a_nul_survive():
    written = dump({"a\x00b": "é\ud800"})
    assert written.isascii()
    assert json.loads(written) == {"a\x00b": "é\ud800"}


def test_all_else_is_written_as_it_is():
    assert dump({"value": "пароль"}, pretty=False) == '{"value":"пароль"}\n'.encode()
