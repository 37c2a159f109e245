"""What is kept as seen of a session: see `summaries.sightings`."""

from enum import IntEnum


class SightingKind(IntEnum):
    """What `sightings.value_id` is an id of: `texts.id`, but for `SESSION`."""

    SESSION = 0
    """A session at all; its `value_id` is 0."""
    HASH = 1
    """The SHA-256 of a file."""
    URL = 2
    """Where a file was downloaded from."""
    COMMAND = 3
    """The normal form of a command."""
    PASSWORD = 4
    HASSH = 5
    NETWORK = 6
    """The network of the source address, as `cowrie.address_networks` names it."""
    TECHNIQUE = 7
    """The id of a technique of ATT&CK."""
