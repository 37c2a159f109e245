"""The order of top lists, ties and all."""

from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.reports.top_list import TopList


@given(st.dictionaries(st.text(st.characters(codec=None), max_size=4), st.integers(1, 5)), st.integers(1, 300))
def test_by_count_then_by_code_point(counted, size):
    top = TopList(size)
    for value, count in counted.items():
        top.add(value, count)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:size]
    assert [(item["value"], item["count"]) for item in top.items()] == ordered


def test_many_candidates_are_not_all_kept():
    top = TopList(3)
    for number in range(100_000):
        top.add(f"{number:06}", 1)
        assert len(top._found) <= 200
    assert [item["value"] for item in top.items()] == ["000000", "000001", "000002"]
