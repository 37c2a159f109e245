"""What is told, before any channel has given it a form: a title, sections of lines, and the same as data.

Title and headings are ours. A line may quote an attacker; it went through `quoted` when it was made, so that every
channel has to see to its own markup only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cowrie_assets.reports.render.plain_text import fit

_COLUMNS = 100
_TITLE_CHARACTERS = 140

Event = Literal["digest", "alert", "test"]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and its lines of harmless text."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A page of ours that can be opened from a message."""

    label: str
    url: str
    """Below COWRIE_REPORT_URL; made of that setting, a kind of report and a period, never of what an attacker wrote."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to be told, the same to every channel."""

    event: Event
    key: str
    """Equal for every attempt to tell the same: who receives one key twice may drop the second."""
    at_us: int
    """When it is sent, in microseconds since 1970-01-01 UTC."""
    title: str
    sections: tuple[Section, ...]
    payload: Mapping[str, object]
    """For programs; its texts are as attackers wrote them, cut."""
    links: tuple[Link, ...] = ()

    def text(self) -> str:
        """For people, as plain text."""
        blocks = ["\n".join([section.heading, *(f"  {line}" for line in section.lines)]) for section in self.sections]
        links = "\n".join(f"{link.label}: {link.url}" for link in self.links)
        return "\n\n".join(filter(None, [self.title, links, *blocks])) + "\n"

    def html(self) -> str:
        """For people, as a small HTML page without script or picture; it links the message's `links` only."""
        return _template().render(title=self.title, links=self.links, sections=self.sections)


class DeliveryError(RuntimeError):
    """A message that was not taken; the sentence says why and holds no secret."""

    def __init__(self, sentence: str, *, retry_after: float = 0.0) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        """Seconds that the receiver asks to be left alone."""


class Channel(Protocol):
    """A way by which messages go out."""

    @property
    def name(self) -> str:
        """`email`, `slack` or `webhook`."""

    def send(self, message: Message) -> str | None:
        """Send and wait for the receiver's word. Gives a remark where it took the message with a reservation.

        Raises DeliveryError.
        """


def trial_message(*, key: str, at_us: int) -> Message:
    """What shows that messages arrive."""
    head, line = "Cowrie: a test message", "Cowrie's digests and alerts arrive here. Nothing happened."
    payload = {"event": "test", "title": head, "details": [line]}
    return Message("test", key, at_us, head, (Section("Test", (line,)),), payload)


def title(text: str) -> str:
    """`text` as a title that may stand in a mail's header: printable ASCII on one line."""
    return fit(text, _TITLE_CHARACTERS).encode("ascii", "backslashreplace").decode("ascii")[:_TITLE_CHARACTERS]


def quoted(text: str, columns: int = _COLUMNS) -> str:
    """What an attacker may have written, as one harmless line: cut, defanged, nothing in it hidden or obeyed."""
    return fit(text, columns)


@cache
def _template() -> Template:
    loader = PackageLoader("cowrie_assets.notifications")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("message.html.j2")
