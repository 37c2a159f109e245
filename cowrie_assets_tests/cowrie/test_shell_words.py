"""Splitting typed lines: words and pipes as a shell has them, any string, linear time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.cowrie.shell_words import simple_commands, unescape
from cowrie_assets_tests.cpu_time import least_cpu_seconds

SHELL_TEXT = st.text(alphabet="ab'\"\\`$(){};|&<>#\n \t2-=")


def words(line):
    return [command.words for command in simple_commands(line) if command.words]


@pytest.mark.parametrize(
    "line", ["w'g'et x", 'w"g"et x', "w\\get x", "w''get\tx", "$'\\x77get' x", "wget${IFS}x", "w$@get x", "wg\0et x"]
)
def test_a_word_is_the_same_however_it_is_quoted(line):
    assert words(line) == [["wget", "x"]]


@pytest.mark.parametrize("separator", [";", "&&", "||", "&", "\n", " | ", "|&", ";;"])
def test_lists_and_pipes_separate_commands(separator):
    assert words(f"id{separator}uname -a") == [["id"], ["uname", "-a"]]


@pytest.mark.parametrize("line", ["$(id; w)", "`id; w`", '"$(id; w)"', "(id; w)", "<(id; w)", "$(echo `id; w`)"])
def test_substitutions_and_subshells_hold_commands(line):
    assert [command for command in words(line) if command[0] not in {"echo", ""}] == [["id"], ["w"]]


def test_separators_in_quotes_are_text():
    assert words("echo 'a;b' \"c|d\" e\\;f") == [["echo", "a;b", "c|d", "e;f"]]


def test_a_quote_that_never_closes_is_text_and_hides_nothing():
    assert words("it's; wget x") == [["it's"], ["wget", "x"]]
    assert words('say "; wget x') == [["say", '"'], ["wget", "x"]]


def test_redirections_are_no_words():
    [command] = simple_commands("echo a 2>/dev/null >b <c 2>&1 d")
    assert (command.words, command.writes, command.reads) == (["echo", "a", "d"], ["/dev/null", "b"], ["c"])


def test_a_sink_takes_the_output_through_pipes_and_substitutions():
    commands = {command.words[0]: command for command in simple_commands('sh -c "$(curl x | tr a b)"') if command.words}
    assert commands["curl"].sink is commands["tr"]
    assert commands["tr"].sink is commands["sh"]
    assert commands["sh"].sink is None


def test_comments_end_with_the_line_and_start_at_a_word():
    assert words("id # wget x\nw a#b") == [["id"], ["w", "a#b"]]


def test_escapes_of_echo():
    assert unescape("\\x77\\147et\\n\\\\") == "wget\n\\"


@given(SHELL_TEXT | st.text())
def test_any_string_gives_commands_before_their_sinks(line):
    commands = simple_commands(line)
    position = {id(command): index for index, command in enumerate(commands)}
    for index, command in enumerate(commands):
        assert position.get(id(command.sink), index + 1) > index


@pytest.mark.parametrize("unit", ["'", '"', "`", "$(", "(", "a#", "$'\\'", "${", "\\", ";a", "a|", "<<<", "#\n", ">a"])
def test_time_is_linear(unit):
    line = unit * (100_000 // len(unit))
    assert least_cpu_seconds(lambda: simple_commands(line), 2) < 2
