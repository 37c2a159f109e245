"""Databases of places that are damaged in any way are told as what cannot be used."""

import os
import random
from pathlib import Path

import pytest

from cowrie_assets.cowrie.timestamps import USABLE_US
from cowrie_assets.enrichment.address_ranges import address_of
from cowrie_assets.enrichment.local_sources import UnusableFileError
from cowrie_assets.enrichment.place_databases import look_at, opened_databases
from cowrie_assets_tests.enrichment.mmdb import write_mmdb

NETWORKS = {"192.0.2.0/24": {"country": {"iso_code": "DE"}, "asn": "AS64500"}, "2001:db8::/32": {"asn": 5}}


def test_damage_is_told_wherever_it_is(tmp_path: Path) -> None:
    good = write_mmdb(tmp_path / "good.mmdb", NETWORKS).read_bytes()
    chance = random.Random(1)
    usable = 0
    for number in range(300):
        damaged = bytearray(good)
        first = chance.choice([0, len(good) - 260])
        for _ in range(chance.randrange(1, 6)):
            damaged[chance.randrange(first, len(good))] = chance.randrange(256)
        path = tmp_path / f"{number}.mmdb"
        path.write_bytes(damaged[: chance.choice([len(good), len(good), chance.randrange(len(good))])])
        try:
            look_at(path)
            with opened_databases([path]) as databases:
                for text in ("192.0.2.1", "2001:db8::1", "8.8.8.8"):
                    address = address_of(text)
                    assert address is not None
                    databases.place_of(address)
            usable += 1
        except UnusableFileError as error:
            assert f"{number}.mmdb cannot be used: it is " in str(error)
    assert 0 < usable < 300


def test_what_a_database_says_of_its_age_is_a_time(tmp_path: Path) -> None:
    assert look_at(write_mmdb(tmp_path / "a.mmdb", NETWORKS, built=2**63)).built_at == USABLE_US[-1]


def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "folder.mmdb").mkdir()
    os.mkfifo(tmp_path / "pipe.mmdb")
    for name, reason in (("none", "No such file"), ("folder", "Is a directory"), ("pipe", "it is no file")):
        with pytest.raises(UnusableFileError, match=f"{name}.mmdb cannot be used: {reason}"):
            look_at(tmp_path / f"{name}.mmdb")
