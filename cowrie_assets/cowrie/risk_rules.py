"""The rule table of command risk, as docs/RISK.md prints it. Whoever changes a rule raises `RULESET` in cowrie/risk.py.

What the rules look for was read from the commands of real Cowrie logs and from what is published of Mirai, Outlaw,
Kinsing and their kin.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from cowrie_assets.cowrie import risk_signs as signs
from cowrie_assets.cowrie.invocation import READ_CHARACTERS


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason why a command is risky. It matches where each of its given conditions does."""

    name: str
    score: int
    """0 to 100: what a command that matches scores at least."""
    description: str
    programs: frozenset[str] = frozenset()
    """One of these runs, and satisfies `when`."""
    when: signs.Sign | None = None
    """What an invocation must satisfy; without `programs`, any invocation may."""
    markers: tuple[str, ...] = ()
    """One of these stands among the line's words, in lower case, quotes and backslashes off. Not with `programs`."""
    line: Callable[[str], bool] | None = None
    """What the line as typed must satisfy."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps that are worse together than alone: a rule of each group matched."""

    name: str
    bonus: int
    description: str
    groups: tuple[frozenset[str], ...]


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_DOWNLOADERS = _names("wget curl tftp ftpget ftp lwp-download axel aria2c fetch sftp scp rsync git lynx")
_NETWORK_TOOLS = _names("nc ncat netcat socat telnet")
_SHELLS = _names("sh bash ash dash zsh ksh")
_SEARCHERS = _names("grep egrep fgrep pgrep ps find locate which ls rm kill pkill killall awk sed cat head tail")
_MINERS = (
    *(
        "xmrig",
        "minerd",
        "cpuminer",
        "ccminer",
        "xmr-stak",
        "teamredminer",
        "kinsing",
        "kdevtmpfsi",
        "stratum+",
        "cryptonight",
        "randomx",
    ),
    *("--donate-level", "nicehash", "c3pool", "minexmr", "supportxmr", "moneroocean", "nanopool", "miner.tgz"),
)
_STARTUP_FILES = (
    *(
        "/etc/cron",
        "/spool/cron",
        "rc.local",
        "/etc/init",
        "/etc/rc",
        "/systemd/",
        ".bashrc",
        ".bash_profile",
        ".profile",
    ),
    *("/etc/profile", "update-motd.d", "/autostart/"),
)
_LOGS = ("/var/log", "/var/adm", "wtmp", "utmp", "lastlog", ".bash_history", ".history")
_CONTROL = re.compile("[\x01-\x06\x0e-\x1a\x1c-\x1f\ufffd]")
_BINARY_CHARACTERS = 4
_FORK_BOMB = re.compile(r"([A-Za-z_:.]{1,32})\(\)\{\1\|\1&\};?\1")


def _is_fork_bomb(line: str) -> bool:
    head = line[:READ_CHARACTERS]
    return "()" in head and _FORK_BOMB.search("".join(head.split())) is not None


def _is_binary(line: str) -> bool:
    head = line[:READ_CHARACTERS]
    return not head.isprintable() and len(_CONTROL.findall(head)) >= _BINARY_CHARACTERS


def _writing(name: str, score: int, description: str, *fragments: str) -> Rule:
    """A rule on files whose path holds one of `fragments`."""
    return Rule(name, score, description, markers=fragments, when=signs.changes(*fragments))


# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("network_device", 95, "opens the shell's own network device, as reverse shells do",
         markers=("/dev/tcp/", "/dev/udp/")),
    Rule("network_shell", 95, "a network tool hands its peer a shell, or feeds one with what the peer sends",
         _NETWORK_TOOLS, lambda run: run.feeds_shell or signs.opens_netcat_shell(run)),
    Rule("piped_network_shell", 95, "a shell's output is piped into a network tool",
         _SHELLS, lambda run: run.feeds in _NETWORK_TOOLS),
    Rule("socket_code", 95, "code given to an interpreter opens a socket",
         signs.INTERPRETERS, signs.mentions("socket", "sockopen", "Socket", "TCPServer")),
    Rule("disk_overwriting", 95, "writes straight to a disk or to flash memory",
         markers=("/dev/",), when=signs.overwrites_device),
    Rule("disk_formatting", 95, "makes a new file system or wipes the old one",
         _names("mkfs mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mke2fs wipefs")),
    Rule("system_removal", 95, "removes a system folder or all homes", _names("rm"), signs.removes_whole_trees),
    _writing("ssh_key_implant", 90, "writes SSH keys, to log in again", "authorized_keys", ".ssh/id_"),
    _writing("loader_hook", 90, "hooks the dynamic loader, as rootkits do", "ld.so.preload"),
    Rule("download_to_shell", 90, "what is fetched goes straight into a shell", _DOWNLOADERS, signs.feeds_shell),
    Rule("kernel_module", 85, "loads a kernel module", _names("insmod modprobe"), signs.has_operand),
    Rule("container_escape", 85, "reaches out of a container to its host",
         markers=("docker.sock", "/proc/1/root", "release_agent", "core_pattern", "nsenter -t 1", "nsenter --target 1",
                  "--privileged", "-v /:/")),
    Rule("decoded_to_shell", 85, "encoded or packed text is decoded into a shell",
         _names("base64 base32 xxd openssl gunzip gzip zcat uudecode rev tr"), signs.feeds_shell),
    Rule("decoded_in_code", 85, "code decodes and runs what it hides",
         markers=("exec(base64", "b64decode(", "base64_decode(", "decode_base64(", "frombase64string", "gzinflate(")),
    Rule("binary_dropper", 85, "writes the bytes of a program to a file", _names("echo printf"), signs.drops_bytes),
    Rule("miner", 85, "runs, fetches or configures a coin miner", markers=_MINERS,
         when=lambda run: run.program not in _SEARCHERS and any(name in run.typed.lower() for name in _MINERS)),
    Rule("fork_bomb", 85, "multiplies itself until the machine stops", line=_is_fork_bomb),
    _writing("account_files", 85, "writes the files of accounts, password hashes or sudo rights",
             "/etc/passwd", "/etc/shadow", "/etc/sudoers"),
    Rule("password_change", 80, "changes a password", _names("passwd chpasswd"), lambda run: "/etc/" not in run.path),
    Rule("account_change", 80, "adds an account or changes its rights",
         _names("useradd adduser usermod userdel groupadd gpasswd visudo")),
    Rule("scheduled_job", 80, "installs a scheduled job", _names("crontab at batch"),
         lambda run: not signs.option("lr")(run)),
    _writing("startup_file", 80, "writes a file that runs by itself: cron, init, systemd, profile", *_STARTUP_FILES),
    Rule("startup_service", 75, "has a service started by the system",
         _names("systemctl update-rc.d chkconfig rc-update"), signs.has("enable", "defaults", "--add", "on", "add")),
    Rule("defence_off", 75, "stops, opens or removes a firewall, a guard or the system log",
         _names("iptables ip6tables ufw setenforce systemctl service rm kill pkill killall sed apt apt-get yum"
                " update-rc.d chkconfig"),
         signs.turns_defence_off),
    Rule("history_off", 70, "keeps the shell from recording commands, or wipes the record",
         markers=("histfile=", "histsize=0", "histfilesize=0", "unset histfile", "unset history", "history -c",
                  "set +o history")),
    Rule("log_removal", 70, "removes or empties logs",
         _names("rm truncate shred unlink"), signs.mentions(*_LOGS)),
    _writing("log_overwriting", 70, "writes over logs", *_LOGS),
    Rule("attribute_change", 70, "takes or sets attributes that guard files",
         _names("chattr lockr"), signs.has_operand),
    _writing("login_rules", 70, "edits who may connect", "hosts.deny", "hosts.allow", "sshd_config"),
    Rule("download", 70, "fetches a file", _DOWNLOADERS, signs.fetches),
    Rule("dropped_file", 70, "runs a file from where anyone may write, or a script that is not the system's",
         when=signs.runs_dropped_file),
    Rule("listener", 70, "listens for connections", _NETWORK_TOOLS, signs.listens),
    Rule("secret_reading", 70, "reads password hashes, private keys, wallets or cloud credentials",
         markers=("/etc/shadow", ".ssh/id_", ".aws/", ".kube/config", ".docker/config", ".git-credentials",
                  "wallet.dat", "d877f783d5d3ef8c")),
    Rule("scanner", 70, "scans or attacks other machines",
         _names("nmap masscan zmap zgrab hydra medusa sshpass pnscan"), signs.has_operand),
    Rule("unreadable_length", 70, f"longer than the {READ_CHARACTERS:,} characters that are read",
         line=lambda line: len(line) > READ_CHARACTERS),
    Rule("tunnel", 65, "opens a tunnel or a proxy",
         _names("frpc frps ngrok chisel gost 3proxy microsocks cloudflared")),
    Rule("ssh_tunnel", 65, "forwards connections over SSH", _names("ssh"), signs.option("RLDw")),
    Rule("inline_code", 60, "runs code given on the line", signs.INTERPRETERS, signs.has("-c", "-e", "-r", "-E")),
    Rule("processes_killed", 60, "ends processes, most often those of rivals",
         _names("kill pkill killall fuser"), signs.has_operand),
    Rule("jobs_removed", 60, "removes all scheduled jobs", _names("crontab"), signs.option("r")),
    Rule("reader_injection", 60, "text aimed at those who read the logs: lookups, formulas, scripts",
         markers=("${jndi:", "<script", "=cmd|")),
    Rule("service_stopped", 50, "stops or restarts a service",
         _names("service systemctl rc-service"), signs.has("stop", "disable", "mask", "restart")),
    Rule("sms_gateway", 50, "looks for modems that send text messages",
         markers=("ttygsm", "/spool/sms", "smsd", "qmux")),
    Rule("other_machine", 50, "logs in to another machine", _names("ssh telnet rsh"), signs.has_operand),
    Rule("applet_token", 45, "asks BusyBox for a bot's own word (ECCHI, MIRAI)",
         markers=("busybox",), when=signs.is_applet_token),
    Rule("header_probe", 45, "reads a program's first bytes to learn the processor",
         markers=("/proc/self/exe", "if=.s", "cat .s", "if=/bin/", "cp /bin/echo")),
    Rule("ssh_files", 45, "touches SSH keys or their folder", markers=("authorized_keys", ".ssh")),
    Rule("executable_mode", 45, "makes a file executable", _names("chmod"), signs.makes_executable),
    Rule("text_to_shell", 45, "typed text is piped into a shell", _names("echo printf"), signs.feeds_shell),
    Rule("binary_text", 45, "holds raw bytes instead of text", line=_is_binary),
    Rule("build", 45, "installs packages or compiles",
         _names("apt apt-get yum dnf apk opkg pip pip3 npm gcc cc make"), signs.has_operand),
    Rule("miner_search", 40, "looks for other miners", _SEARCHERS, signs.mentions("miner", "]iner", *_MINERS)),
    Rule("recursive_removal", 40, "removes folders", _names("rm"), signs.option("rR")),
    Rule("escape_probe", 40, "tests whether escaped bytes can be written", _names("echo printf"), signs.echoes_escapes),
    Rule("waiting_interpreter", 40, "starts an interpreter that takes its program from the input",
         signs.INTERPRETERS, signs.bare),
    Rule("file_writing", 35, "writes a file", when=signs.writes_a_file),
    Rule("own_address", 35, "asks for the own public address", _DOWNLOADERS, signs.asks_own_address),
    Rule("user_switch", 35, "becomes another user", markers=("su", "doas"), when=signs.switches_user),
    Rule("account_reading", 30, "reads the list of accounts", markers=("/etc/passwd", "/etc/group")),
    Rule("downloader_probe", 25, "asks whether a downloader exists",
         _DOWNLOADERS, lambda run: not signs.has_operand(run)),
    Rule("jobs_reading", 25, "reads scheduled jobs", _names("crontab"), signs.option("l")),
    Rule("router_prompt", 20, "walks through the menus of a router or camera",
         _names("enable system shell linuxshell bah development config")),
    Rule("bare_shell", 20, "starts a shell", _SHELLS, signs.bare),
    Rule("file_removal", 20, "removes files", _names("rm unlink shred")),
    Rule("reconnaissance", 20, "looks at the machine: processor, memory, users, network",
         _names("uname lscpu nproc arch w who whoami id last uptime free df mount ifconfig ip route arp ps top htop"
                " netstat ss lspci lsusb lsblk dmidecode hostname hostnamectl lsb_release nvidia-smi dmesg env printenv"
                " getconf vmstat ping nslookup dig")),
    Rule("system_reading", 20, "reads system files: processor, mounts, release",
         markers=("/proc/", "/sys/", "/etc/os-release", "/etc/issue")),
    Rule("typed", 5, "something was typed", when=lambda run: bool(run.typed)),
)
"""By score, descending: the first that matches gives the command's score."""
# fmt: on

MAX_BONUS = 25
"""All chains together add no more than this."""

CHAINS: tuple[Chain, ...] = (
    Chain(
        "fetch_and_run", 15, "fetches a file and runs it", (_names("download"), _names("executable_mode dropped_file"))
    ),
    Chain(
        "drop_and_run",
        10,
        "writes a file and runs it",
        (_names("file_writing binary_dropper"), _names("executable_mode dropped_file")),
    ),
    Chain(
        "run_and_erase", 5, "removes what it ran", (_names("dropped_file"), _names("file_removal recursive_removal"))
    ),
    Chain(
        "settle",
        10,
        "stays and keeps others out",
        (
            _names("ssh_key_implant scheduled_job startup_file startup_service password_change account_change"),
            _names("attribute_change login_rules defence_off processes_killed jobs_removed recursive_removal"),
        ),
    ),
    Chain(
        "take_over",
        10,
        "ends rivals and brings its own, or shuts the door",
        (_names("processes_killed jobs_removed"), _names("download dropped_file miner login_rules")),
    ),
    Chain(
        "cover_tracks",
        10,
        "acts and wipes the record",
        (
            _names("history_off log_removal log_overwriting"),
            _names("download dropped_file miner ssh_key_implant scheduled_job password_change account_change"),
        ),
    ),
    Chain(
        "bot_probe",
        10,
        "a bot tries what the machine can do",
        (_names("applet_token"), _names("header_probe downloader_probe escape_probe system_reading executable_mode")),
    ),
)
