"""What is shown comes from attackers: no character of it may steer a terminal or a page, or hide in it."""

_SHOWN_CHARACTERS = 200


def printable(text: str) -> str:
    """`text` on one line, with what a screen would obey or hide as an escape: `\\n`, `\\x1b`, `\\u202e`.

    Those are control characters, line and paragraph separators, bidirectional and zero-width marks, private-use and
    unassigned characters, lone surrogates.
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else escaped(char) for char in text)


def printable_lines(text: str) -> str:
    """As `printable`, with the line feeds of `text` kept."""
    return "\n".join(map(printable, text.split("\n")))


def shown(text: str) -> str:
    """`text` as `printable`, of at most 200 characters: who wrote it chose its length."""
    cut = text[:_SHOWN_CHARACTERS]
    plain = printable(cut)
    whole = len(cut) == len(text) and len(plain) <= _SHOWN_CHARACTERS
    return plain if whole else plain[: _SHOWN_CHARACTERS - 1] + "…"


def escaped(char: str) -> str:
    """One character as Python's escape for it, in ASCII."""
    return char.encode("unicode_escape").decode("ascii")
