"""What is shown comes from attackers: no character of it may steer a terminal or a page, or hide in it."""


def printable(text: str) -> str:
    """`text` on one line, with what a screen would obey or hide as an escape: `\\n`, `\\x1b`, `\\u202e`.

    Those are control characters, line and paragraph separators, bidirectional and zero-width marks, private-use and
    unassigned characters, lone surrogates.
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else escaped(char) for char in text)


def printable_lines(text: str) -> str:
    """As `printable`, with the line feeds of `text` kept."""
    return "\n".join(map(printable, text.split("\n")))


def shown(text: str, most: int = 200) -> str:
    """`text` as `printable`, of at most `most` characters: who wrote it chose its length."""
    cut = text[:most]
    plain = printable(cut)
    whole = len(cut) == len(text) and len(plain) <= most
    return plain if whole else plain[: most - 1] + "…"


def escaped(char: str) -> str:
    """One character as Python's escape for it, in ASCII."""
    return char.encode("unicode_escape").decode("ascii")
