"""What of a file's bytes is worth knowing: URLs, addresses, wallets and SSH keys, and marks of packers."""

import re

from cowrie_assets.cowrie.artefacts import MOST_OF_A_KIND, addresses_in, ssh_keys, urls_in
from cowrie_assets.cowrie.wallets import wallets

_PACKERS = (
    ("upx", re.compile(rb"UPX!|\$Info: This file is packed with the UPX")),
    ("pyinstaller", re.compile(rb"MEI\x0c\x0b\x0a\x0b\x0e")),
    ("shc", re.compile(rb"neither argv\[0\] nor \$_ works\.")),
)


def strings_of(content: bytes) -> dict[str, list[str]]:
    """`urls`, `addresses`, `wallets` (`monero:4...`) and `ssh_keys` (fingerprints, as `ssh-keygen -l` tells them).

    Each is told once, in the order of the file, at most 50 of a kind; a kind of which there are none is left out.
    """
    found = {
        "urls": urls_in(content),
        "addresses": addresses_in(content),
        "wallets": [f"{currency}:{address}" for currency, address in wallets(content, MOST_OF_A_KIND)],
        "ssh_keys": [key.value for key in ssh_keys(content)],
    }
    return {kind: values[:MOST_OF_A_KIND] for kind, values in found.items() if values}


def packer_of(content: bytes) -> str | None:
    """The packer whose mark stands in a file; None where none does."""
    return next((name for name, mark in _PACKERS if mark.search(content)), None)
