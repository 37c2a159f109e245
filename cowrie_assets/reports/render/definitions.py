"""What each number of the report means; the HTML report ends with it. The words are in `definitions.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Definition:
    """What one number, or some that belong together, mean."""

    term: str
    keys: tuple[str, ...]
    """Where they stand in the JSON document, a list's items left out: `sessions.total`, `new.hashes.items.count`."""
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The definitions of one section of the page."""

    anchor: str
    """The id of the section's heading; the chapter's own is `def-` and this."""
    title: str
    definitions: tuple[Definition, ...]


def _chapters() -> tuple[Chapter, ...]:
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Chapter(
            chapter["anchor"],
            chapter["title"],
            tuple(Definition(each["term"], tuple(each["keys"]), each["text"]) for each in chapter["definition"]),
        )
        for chapter in content["chapter"]
    )


CHAPTERS = _chapters()
"""In the order of the page's sections: its table of contents, too."""
