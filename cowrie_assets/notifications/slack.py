"""Slack, and what takes Slack's incoming webhooks (Mattermost, Rocket.Chat): blocks, and the same once more as text.

No character of a message's lines formats, links or mentions: `&`, `<` and `>` are escaped as Slack asks, lines stand in
a code block that no backtick can end, and an `@` is written in its full width. Its `links` alone can be followed.
"""

from dataclasses import dataclass

from cowrie_assets.notifications.message import DeliveryError, Link, Message, Section
from cowrie_assets.notifications.posting import post
from cowrie_assets.outgoing import fault_of_url
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.secrets import SecretError, resolve

_INERT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "ˋ", "@": "＠"})
_HEADER_CHARACTERS = 150
_SECTION_CHARACTERS = 3000
_TEXT_CHARACTERS = 4000
_BLOCKS = 50


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """An incoming webhook. Its URL is a secret, fetched anew for each message."""

    webhook: str
    """A secret reference."""
    seconds: float = 15.0
    """How long one wait for the network may take."""

    @property
    def name(self) -> str:
        """See `Channel`."""
        return "slack"

    def send(self, message: Message) -> None:
        """See `Channel`."""
        try:
            url = resolve(self.webhook)
        except SecretError as error:
            raise DeliveryError(f"COWRIE_SLACK_WEBHOOK: {error}") from None
        fault = fault_of_url(url)
        if fault is not None:
            raise DeliveryError(f"COWRIE_SLACK_WEBHOOK: what {self.webhook} holds {fault}")
        headers = {"Content-Type": "application/json; charset=utf-8"}
        post(url, dump(slack_document(message), pretty=False), headers, receiver="Slack", seconds=self.seconds)


def slack_document(message: Message) -> dict[str, object]:
    """The webhook's JSON, within Slack's limits: 150 characters a header, 3,000 a section, 50 blocks."""
    links = ["\n".join(map(_link, message.links))] if message.links else []
    texts = [*links, *map(_mrkdwn, message.sections)][: _BLOCKS - 1]
    header = {"type": "plain_text", "text": message.title[:_HEADER_CHARACTERS], "emoji": False}
    sections = [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in texts]
    return {
        "text": _joined([message.title.translate(_INERT), *texts]),
        "blocks": [{"type": "header", "text": header}, *sections],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _mrkdwn(section: Section) -> str:
    head, end = f"*{section.heading.translate(_INERT)}*\n```\n", "```"
    room = _SECTION_CHARACTERS - len(head) - len(end)
    lines = []
    for line in section.lines:
        inert = line.translate(_INERT) + "\n"
        room -= len(inert)
        if room < 0:
            break
        lines.append(inert)
    return head + "".join(lines) + end


def _link(link: Link) -> str:
    return f"<{link.url.replace('&', '&amp;')}|{link.label.translate(_INERT)}>"


def _joined(texts: list[str]) -> str:
    """As many of `texts` as there is room for, each whole."""
    kept: list[str] = []
    room = _TEXT_CHARACTERS
    for text in texts:
        room -= len(text) + 1
        if room < 0:
            break
        kept.append(text)
    return "\n".join(kept)
