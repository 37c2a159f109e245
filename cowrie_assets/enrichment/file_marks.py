"""The marks of the files that addresses are matched with: digests that are others where a file is another.

Beside a file stands its mark once all addresses were matched with it, and until then the mark of that work: the same
for every run that does it, so runs with equal files go side by side, and one with other files shows.
"""

from hashlib import blake2b


class OvertakenError(Exception):
    """Another run matches with other files since, or all addresses were matched meanwhile; the message says which."""

    def __init__(self, *, is_done: bool) -> None:
        super().__init__(
            "another run with the same files was done before this one"
            if is_done
            else "another run began with other files since"
        )


def begun(mark: bytes) -> bytes:
    """What stands beside a file of this mark while all addresses are matched with it."""
    return blake2b(mark, digest_size=16, person=b"begun").digest()
