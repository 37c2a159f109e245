from cowrie_assets.defs.describe import sparkline


def test_a_bar_is_as_high_as_its_count_against_the_greatest() -> None:
    assert sparkline([0, 1, 50, 100]) == "\u2007▁▄█"
    assert sparkline([0, 1, 1_000_000]) == "\u2007▁█", "one is not none"
    assert sparkline([0, 0]) == "\u2007\u2007"
    assert sparkline([]) == ""
