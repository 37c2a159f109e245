"""Which of many numbers came before: a bit each, so that ten million numbers that lie close together take 1.3 MB."""

from collections import defaultdict

_PAGE_BITS = 1 << 16


class Distinct:
    """A set of whole numbers from 0 on that only grows."""

    def __init__(self) -> None:
        self._pages: defaultdict[int, bytearray] = defaultdict(lambda: bytearray(_PAGE_BITS // 8))

    def add(self, number: int) -> bool:
        """Take a number in; tell whether it is a new one."""
        page, place = divmod(number, _PAGE_BITS)
        bits, byte, bit = self._pages[page], place >> 3, 1 << (place & 7)
        is_new = not bits[byte] & bit
        bits[byte] |= bit
        return is_new
