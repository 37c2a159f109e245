"""A telnet client that refuses every option: `telnet.py SOURCE HOST PORT`, over standard input and output."""

import os
import re
import selectors
import socket
import sys

_REQUEST = re.compile(rb"\xff([\xfb-\xfe])(.)", re.DOTALL)
_WILL, _WONT, _DO, _DONT = 0xFB, 0xFC, 0xFD, 0xFE
_REFUSAL = {_WILL: _DONT, _DO: _WONT}


def main(source: str, host: str, port: str) -> None:
    """Until the other side closes."""
    with socket.create_connection((host, int(port)), source_address=(source, 0)) as connection:
        selector = selectors.DefaultSelector()
        selector.register(connection, selectors.EVENT_READ)
        selector.register(sys.stdin.buffer, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                data = os.read(key.fd, 65536)
                if key.fileobj is connection:
                    if not data:
                        return
                    for asked, option in _REQUEST.findall(data):
                        if asked[0] in _REFUSAL:
                            connection.sendall(bytes([0xFF, _REFUSAL[asked[0]]]) + option)
                    os.write(sys.stdout.fileno(), _REQUEST.sub(b"", data))
                elif data:
                    connection.sendall(data.replace(b"\n", b"\r\n"))
                else:
                    selector.unregister(sys.stdin.buffer)


if __name__ == "__main__":
    main(*sys.argv[1:])
