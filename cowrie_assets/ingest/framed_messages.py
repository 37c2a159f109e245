"""Messages between two processes over a socket: each is a frame of magic, length, checksum and pickle.

They are sent and received in full however often the system interrupts, and a frame that is torn is found out.
"""

import pickle
import socket
import struct
import zlib

_HEADER = struct.Struct(">4sQI")
_MAGIC = b"CWR1"


class TornMessageError(RuntimeError):
    """What came is no whole message."""


def packed(message: object) -> bytes:
    """A message as `send_packed` takes it, so that a large one can be let go before it is sent."""
    return pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)


def send_packed(stream: socket.socket, body: bytes) -> None:
    """Send one message. Raises OSError where nobody is there any more."""
    stream.sendall(_HEADER.pack(_MAGIC, len(body), zlib.crc32(body)))
    stream.sendall(body)


def send(stream: socket.socket, message: object) -> None:
    """Send one message. Raises OSError where nobody is there any more."""
    send_packed(stream, packed(message))


def receive(stream: socket.socket) -> tuple[object, int]:
    """The next message and its length; only for a peer that is our own child or parent.

    Raises EOFError where none comes any more, and TornMessageError.
    """
    magic, length, checksum = _HEADER.unpack(_receive_bytes(stream, _HEADER.size))
    if magic != _MAGIC:
        raise TornMessageError("what came is no message")
    body = _receive_bytes(stream, length)
    if zlib.crc32(body) != checksum:
        raise TornMessageError("a message came torn")
    return pickle.loads(body), length  # noqa: S301  (our own child or parent)


def _receive_bytes(stream: socket.socket, length: int) -> bytearray:
    received = bytearray(length)
    view, position = memoryview(received), 0
    while position < length:
        count = stream.recv_into(view[position:])
        if not count:
            raise EOFError
        position += count
    return received
