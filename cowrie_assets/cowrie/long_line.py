"""What exceeds the limit of a line: all but its beginning is passed over, up to its newline."""

from dataclasses import dataclass

from cowrie_assets.cowrie.items import KEPT_BYTES, Dead, dead


@dataclass(slots=True)
class LongLine:
    """A line, or what is left of one, whose newline has not come yet."""

    offset: int
    head: bytes
    length: int

    def pass_over(self, block: bytes) -> int:
        """Take in the bytes of `block` up to the newline; returns how many they are, and all where none is in it."""
        newline = block.find(b"\n")
        end = len(block) if newline < 0 else newline
        self.head += block[: min(end, KEPT_BYTES - len(self.head))]
        self.length += end
        return end

    def ended(self, line_number: int) -> Dead:
        """The item, now that the newline has come."""
        end = self.offset + self.length + 1
        return dead(self.offset, line_number, end, "too_long", self.head, length=self.length)
