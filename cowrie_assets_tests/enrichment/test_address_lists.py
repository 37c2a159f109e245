"""Lists as others publish them: what each line names, what is passed over and told, what is matched."""

import os
import random
import re
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from cowrie_assets.enrichment import address_lists
from cowrie_assets.enrichment.address_lists import _plain_networks, parse, range_of, read_content
from cowrie_assets.enrichment.address_ranges import Range, RangeSet, address_of, address_text
from cowrie_assets.enrichment.local_sources import LocalSources, UnusableFileError
from cowrie_assets.enrichment.named_lists import AddressList, ListKind


def named(line: str) -> tuple[str, str] | None:
    found = range_of(line.encode())
    return found and tuple(str(ip_address(n)) for n in found[1:])  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [
        ("192.0.2.1\r\n", "192.0.2.1", "192.0.2.1"),
        ("  192.0.2.77/24 ; SBL1", "192.0.2.0", "192.0.2.255"),
        ("192.0.2.0/24#0.0.0.0/0", "192.0.2.0", "192.0.2.255"),
        ("192.0.2.1,5,2020-01-01", "192.0.2.1", "192.0.2.1"),
        ("192.0.2.4-192.0.2.9", "192.0.2.4", "192.0.2.9"),
        ("192.0.2.4 - 192.0.2.9 ; why", "192.0.2.4", "192.0.2.9"),
        ("192.0.2.0\t192.0.3.255\t23\t7", "192.0.2.0", "192.0.3.255"),
        ('{"cidr":"192.0.2.0/24","sblid":"SBL1"}', "192.0.2.0", "192.0.2.255"),
        ("ExitAddress 192.0.2.1 2020-01-01 00:00:00", "192.0.2.1", "192.0.2.1"),
        ("2001:db8::1/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"),
        ("::ffff:192.0.2.0/120", "192.0.2.0", "192.0.2.255"),
    ],
)
def test_a_line_in_any_usual_form(line: str, first: str, last: str) -> None:
    assert named(line) == (first, last)


@pytest.mark.parametrize(
    "line",
    ["", "# x", "; x", "// x", "ExitNode AB", "LastStatus 2020-01-01", '{"type":"metadata","records":1}', "# ü"],
)
def test_a_line_of_another_matter(line: str) -> None:
    assert named(line) is None


@pytest.mark.parametrize(
    "line",
    [
        *("0.0.0.0/0", "::/0", "0.0.0.0-255.255.255.255", "192.0.2.1/33", "192.0.2.1/-1", "192.0.2.1/", "192.0.2.1/२"),
        *("010.0.0.1", "192.0.2", "192.0.2.9-192.0.2.4", "192.0.2.1 -", "192.0.2.1-::1", ",", "ExitAddress", "ü"),
        *(
            "{",
            "{}",
            "[]",
            "{" * 4000,
            '{"cidr":7}',
            "<script>",
            "192.0.2.1; DROP TABLE texts",
            "x" * 5000,
            "fe80::%a/b",
        ),
    ],
)
def test_a_line_that_is_not_understood_names_nothing(line: str) -> None:
    if line == "192.0.2.1; DROP TABLE texts":
        assert named(line) == ("192.0.2.1", "192.0.2.1")  # a comment, as in Spamhaus DROP
        return
    with pytest.raises(ValueError):
        range_of(line.encode())


def test_plain_lines_read_alike_many_at_once_and_one_by_one() -> None:
    lines = [b"192.0.2.1\n", b"  10.1.2.3/8 ; SBL1\r\n", b"203.0.113.7/1#all\n", b"1.2.3.4/32\t\n", b"255.255.255.255"]
    packed = [found.first << 32 | found.last for found in map(range_of, lines) if found is not None]
    assert _plain_networks(lines) == packed
    odd = (
        "0.0.0.0/0",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3",
        "01.2.3.4",
        "1.2.3.4/08",
        "::1",
        "",
        "# x",
        "1.2.3.4 5.6.7.8",
    )
    for each in (*odd, "1.2.3.4;" + "x" * 5000):
        assert _plain_networks([f"{each}\n".encode(), *lines]) is None


def test_bad_lines_are_counted_and_their_numbers_told(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"\xef\xbb\xbf# head\n192.0.2.1\nbad\n192.0.2.0/24\n" + b"\xff\n" * 20)
    content, written_at = read_content(path)
    read = parse(path, content, written_at)
    assert (read.entries, len(read.ranges), read.passed_over) == (2, 1, 21)
    assert read.numbers == (3, 5, 6, 7, 8, 9, 10, 11, 12, 13)
    assert written_at == path.stat().st_mtime_ns // 1000


def test_what_is_no_list_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnusableFileError, match="none cannot be used: No such file"):
        read_content(tmp_path / "none")
    (tmp_path / "empty").touch()
    with pytest.raises(UnusableFileError, match="empty cannot be used: it is empty"):
        read_content(tmp_path / "empty")
    assert read_content(tmp_path / "empty", may_be_empty=True)[0] == b""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnusableFileError, match="it is no file"):
        read_content(tmp_path / "pipe")
    with pytest.raises(UnusableFileError, match="no line of it names an address"):
        parse(tmp_path, b"<html>\nnot found", 0)
    assert parse(tmp_path, b"# nobody today\n", 0).entries == 0
    monkeypatch.setattr(address_lists, "MOST_ENTRIES", 2)
    with pytest.raises(UnusableFileError, match="more than 2 entries"):
        parse(tmp_path, b"192.0.2.1\n" * 3, 0)
    monkeypatch.setattr(address_lists, "MOST_BYTES", 2)
    path = tmp_path / "long"
    path.write_bytes(b"192")
    with pytest.raises(UnusableFileError, match="longer than"):
        read_content(path)


@pytest.mark.parametrize("version", [4, 6])
def test_what_lies_in_a_range_is_found_whichever_are_more(version: int) -> None:
    chance = random.Random(version)
    bits = {4: 32, 6: 128}[version]
    networks = [
        ip_network((chance.getrandbits(10) << bits - 10, chance.randrange(8, 14)), strict=False) for _ in range(60)
    ]
    ranges = RangeSet(Range(version, int(each[0]), int(each[-1])) for each in networks)
    numbers = sorted(chance.getrandbits(bits) for _ in range(500))
    right = [place for place, number in enumerate(numbers) if any(ip_address(number) in each for each in networks)]
    assert 0 < len(right) < 500
    assert list(ranges.positions(version, numbers)) == right
    assert [place for place in range(500) if list(ranges.positions(version, [numbers[place]]))] == right
    assert list(ranges.positions(10 - version, numbers)) == []


def test_an_address_is_what_it_is_however_it_is_written() -> None:
    assert address_of("::ffff:192.0.2.1") == address_of("192.0.2.1") == (4, 0xC0000201)
    assert address_of("fe80::1%eth0") == address_of("FE80:0::1")
    for text in ("192.0.2.1", "2001:db8::1"):
        found = address_of(text)
        assert found is not None
        assert address_text(found) == text
    hostile = ["", "192.0.2.1\n", "192.0.2.1\0", "1", "1.1", "٣.1.1.1", "' OR 1", ":" * 99, "%", "\ud800", "9" * 5000]
    assert list(filter(None, map(address_of, hostile))) == []


def test_sources_are_named_in_the_environment_or_a_file(tmp_path: Path) -> None:
    given = {
        "COWRIE_MMDB": "/a b/city.mmdb, asn.mmdb\n",
        "COWRIE_ADDRESS_LISTS": "tor=tor:/l/tor.toml,drop.v4=blocklist:d",
    }
    assert LocalSources.from_environment(given) == LocalSources(
        (Path("/a b/city.mmdb"), Path("asn.mmdb")),
        (
            AddressList("tor", ListKind.TOR, Path("/l/tor.toml")),
            AddressList("drop.v4", ListKind.BLOCKLIST, Path("d")),
        ),
    )
    file = tmp_path / "lists.toml"
    file.write_text('[[list]]\nname = "tor"\nkind = "tor"\npath = "exits"\nmay_be_empty = true\n')
    found = LocalSources.from_environment({"COWRIE_ADDRESS_LISTS": str(file)}).lists
    assert found == (AddressList("tor", ListKind.TOR, tmp_path / "exits", may_be_empty=True),)
    assert LocalSources.from_environment({"COWRIE_MMDB": ""}) == LocalSources()


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[[list]]\nname = "a"\nkind = "tro"\npath = "x"', r"\[\[list\]\] number 1: kind must be one of scanner, "),
        ('[[list]]\nname = "A b"\nkind = "tor"\npath = "x"', "name must be of at most 64 small letters"),
        ('[[list]]\nname = "a"\nkind = "tor"', "there is no path"),
        ('[[list]]\nname = "a"\nkind = "tor"\npath = "x"\nmay_be_empty = 1', "may_be_empty must be true or false"),
        ('[[list]]\nname = "a"\nkind = "tor"\npath = "x"\nkey = "s3cret"', "there is no key key; the keys are name, "),
        ('[[lists]]\nname = "a"', "there is no key lists"),
        ('[list]\nname = "a"', "two brackets"),
        ("[[list]", "it is no TOML"),
    ],
)
def test_a_file_that_is_not_understood_is_a_fault_without_its_values(tmp_path: Path, toml: str, said: str) -> None:
    file = tmp_path / "lists.toml"
    file.write_text(toml)
    found = LocalSources.from_environment({"COWRIE_MMDB": "a.mmdb", "COWRIE_ADDRESS_LISTS": str(file)})
    assert (found.databases, found.lists, found.faults.keys()) == ((Path("a.mmdb"),), (), {"lists"})
    assert re.search(said, found.faults["lists"])
    assert "s3cret" not in found.faults["lists"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a=tor:x,a=vpn:y", "two lists of the name a"),
        ("a=tro:x", "the kind of the list a must be one of"),
        ("a.txt", "name=kind:path"),
        ("none.toml", "none.toml cannot be read: No such file"),
        (",".join(f"l{number}=tor:x" for number in range(65)), "65 lists, and 64 are the most"),
    ],
)
def test_an_entry_that_is_not_understood_is_a_fault_of_the_lists_alone(value: str, said: str) -> None:
    found = LocalSources.from_environment({"COWRIE_MMDB": "a,a", "COWRIE_ADDRESS_LISTS": value})
    assert found == LocalSources(faults=found.faults)
    assert found.faults["mmdb"] == "COWRIE_MMDB names a file twice"
    assert re.search(said, found.faults["lists"])
