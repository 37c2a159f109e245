"""What Cowrie wrote, from what cowrieprocessor made of it.

Its loader put a harmless form of a command in the place of the command, and keys of its own beside it. The command
itself stands in a key apart; where it was not kept, the event's message repeats it, and a digest proves it. What can
be neither found nor proved is no evidence: "its JSON as Cowrie wrote it [...] never defanged" (DATA.md).
"""

import ast
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

_ORIGINALS = ("input_original", "command_original")
_ADDED = frozenset({*_ORIGINALS, "command_analysis", "input_safe", "command_safe", "input_hash"})
_DEFANGED = "[defang:"
_LONGEST_LITERAL = 1024 * 1024


class NotOriginalError(ValueError):
    """What Cowrie wrote cannot be told from what stands there."""


def may_be_altered(payload: bytes) -> bool:
    """Whether keys of the loader may stand in a payload."""
    return b'"input_' in payload or b'"command_' in payload


def original(value: dict[str, Any]) -> dict[str, Any]:
    """The event as Cowrie wrote it, keys in their order; the very same object where the loader changed nothing.

    Raises NotOriginalError.
    """
    if _ADDED.isdisjoint(value):
        return value
    restored = {key: each for key, each in value.items() if key not in _ADDED}
    command = _command(value)
    if command is None:
        return restored
    restored["input"] = command
    if "command" in restored and restored["command"] == value.get("input"):
        del restored["command"]  # Cowrie writes none; the loader put one beside `input`
    return restored


def _command(value: Mapping[str, Any]) -> str | None:
    """The command that another text stands for; None where it stands in its own place."""
    for key in _ORIGINALS:
        if isinstance(value.get(key), str):
            return str(value[key])
    digest, shown = value.get("input_hash"), value.get("input")
    if digest is None and (not isinstance(shown, str) or not shown.startswith(_DEFANGED) or _was_harmless(value)):
        return None
    if isinstance(shown, str) and _digest(shown) == digest:
        return None
    message = value.get("message")
    told = message.partition(": ")[2] if isinstance(message, str) else ""
    if told and _digest(told) == digest:
        return told
    raise NotOriginalError


def _was_harmless(value: Mapping[str, Any]) -> bool:
    """Whether the loader says that it left the command as it was."""
    analysis = value.get("command_analysis")
    return isinstance(analysis, dict) and analysis.get("needs_defanging") is False


def _digest(command: str) -> str:
    return blake2b(command.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


def literal(text: str) -> object:
    """The value of a text that is Python's own form of a JSON value, as the loader kept some; None where it is none."""
    if len(text) > _LONGEST_LITERAL or not text.lstrip().startswith(("{'", "[{'")):
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
