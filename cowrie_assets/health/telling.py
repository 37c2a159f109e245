"""Telling outages by every channel, at once and past the warehouse: it may be what is gone.

A channel that did not take a message is tried again as the outbox of notifications would.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from cowrie_assets.amounts import age
from cowrie_assets.clock import US_PER_SECOND, iso_us
from cowrie_assets.health.outages import Outage, Outages
from cowrie_assets.notifications.alerts import trouble_message
from cowrie_assets.notifications.message import Channel, DeliveryError, Message
from cowrie_assets.notifications.outbox import BACKOFF

MESSAGES_A_LOOK = 10
"""So many messages go out at once by each channel; the others wait for the next look."""


@dataclass(slots=True)
class Telling:
    """What each channel still has to be told, and when it may be tried again."""

    outages: Outages
    failed: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By channel: (attempts that failed in a row, when the next may be made, in microseconds)."""

    def tell(self, channels: Sequence[Channel], now: int) -> list[str]:
        """Send what waits; gives a line for each message. A channel that fails is left alone for this look."""
        lines = []
        for channel in channels:
            attempts, again_at = self.failed.get(channel.name, (0, 0))
            if again_at > now:
                continue
            for key, outage in self.outages.waiting(channel.name)[:MESSAGES_A_LOOK]:
                try:
                    channel.send(_message(channel.name, key, outage, now))
                except DeliveryError as error:
                    pause = max(BACKOFF.pause(attempts + 1), error.retry_after)
                    self.failed[channel.name] = (attempts + 1, now + round(pause * US_PER_SECOND))
                    lines.append(f"not sent by {channel.name}: {error}")
                    break
                self.failed.pop(channel.name, None)
                self.outages.by_key[key] = outage.told_to(channel.name)
                lines.append(f"sent by {channel.name}: {'' if outage.over_at is None else 'over: '}{outage.trouble}")
        return lines


def _message(channel: str, key: str, outage: Outage, now: int) -> Message:
    identity = f"{channel} {key} {outage.since} {outage.phase}"
    return trouble_message(
        f"health:{outage.look}",
        outage.trouble,
        [outage.sentence, *_further(outage)],
        phase=outage.phase,
        key=blake2b(identity.encode(), digest_size=16).hexdigest(),
        at_us=now,
    )


def _further(outage: Outage) -> list[str]:
    begun = f"Seen first at {iso_us(outage.since)[:16]}Z"
    if outage.over_at is not None:
        return [f"{begun}, over at {iso_us(outage.over_at)[:16]}Z, after {age(outage.over_at - outage.since)}"]
    return [begun, f"What to do: {outage.mend}"]
