"""Passwords in command lines: folded wherever a shell takes one, whatever they hold, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.cowrie.normalize import behaviour_form, normalize_command
from cowrie_assets.cowrie.passwords import PASSWORD, fold_passwords
from cowrie_assets_tests.cpu_time import least_cpu_seconds, usual_cpu_seconds

LINES = (
    'echo "root:{}"|chpasswd|bash',
    "echo root:{}|/usr/sbin/chpasswd",
    "/bin/busybox echo root:{} | busybox chpasswd",
    'echo -e "{0}\\n{0}\\n{0}"|passwd|bash',
    'echo "{0}\\n{0}\\n"|passwd',
    "printf '%s\\n%s\\n' {0} {0} | sudo passwd root",
    "yes {} | passwd --stdin root",
    "(echo {0}; sleep 1; echo {0}) | passwd root",
    "{{ echo {0}; echo {0}; }} | passwd",
    "passwd <<< {}",
    "passwd <<<$'{0}\\n{0}'",
    'chpasswd <<<"root:{}"',
    "passwd <<EOF\n{0}\n{0}\nEOF\nls",
    "cat <<EOF | chpasswd\nroot:{}\nEOF",
    "usermod -p '{}' root",
    "useradd -o -u 0 -p {} support",
    "useradd -p $(openssl passwd -1 {}) support",
    "openssl passwd -6 -salt xy {}",
    "mkpasswd -m sha-512 {}",
    "htpasswd -bc /srv/users admin {}",
    "sshpass -p {} ssh root@192.0.2.1 id",
    "sshpass -p{} scp a b:",
    "mysql -uroot -p{} -e x",
    "mysqladmin -u root password {}",
    "wget --password={} http://192.0.2.1/",
    "curl -u bob:{} http://192.0.2.1/",
    "PGPASSWORD={} psql",
    'sh -c "echo root:{} | chpasswd"',
    'sh -c "echo \\"root:{}\\"|chpasswd"',
    "su -c 'echo root:{}|chpasswd'",
    "echo {} | sudo -S id",
    "net user admin {} /add",
)
SECRETS = ("AtEndZhRpppj", "zzs", "x", "123!@#", "N3wPass99")


@pytest.mark.parametrize("line", LINES)
def test_a_password_is_folded_whatever_it_holds(line):
    forms = {normalize_command(line.format(secret)) for secret in SECRETS}
    (form,) = forms
    assert PASSWORD in form
    assert not any(secret in form for secret in SECRETS if len(secret) > 1)


@pytest.mark.parametrize(
    "line",
    [
        "cat /etc/passwd | grep root",
        "passwd root",
        "passwd --stdin root < pw",
        "echo root:x; cat /etc/passwd",
        "rm /usr/bin/passwd",
        "find / -name passwd -perm -u",
        "ls -p /usr/bin/passwd",
        "ssh -p 22 passwd@192.0.2.1",
        "echo hello && passwd",
        "which passwd chpasswd",
    ],
)
def test_what_only_speaks_of_passwords_stays(line):
    assert fold_passwords(line) == line


def test_a_user_is_no_password():
    assert (
        fold_passwords("echo root:AtEnd admin:Other | chpasswd") == f"echo root:{PASSWORD} admin:{PASSWORD} | chpasswd"
    )


@pytest.mark.parametrize(
    "line",
    [
        *('echo "root:aB"|chpasswd|bash', 'echo -e "zzs\\naB\\naB"|passwd|bash', 'echo "zzs\\naB\\naB\\n"|passwd'),
        *("Enter new UNIX password: ", "passwd <<< aB", "chpasswd <<< root:aB", "echo root:aB | sudo chpasswd"),
    ],
)
def test_setting_a_password_is_one_act_in_many_words(line):
    assert behaviour_form(normalize_command(line)) == PASSWORD


def test_what_does_more_than_set_a_password_is_another_act():
    for line in (
        "cd /tmp; echo root:aB|chpasswd",
        "passwd",
        "echo root:aB | chpasswd && wget http://192.0.2.1/x",
        "id",
    ):
        form = normalize_command(line)
        assert behaviour_form(form) == form


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "|",
                "passwd",
                "chpasswd",
                "echo ",
                '"',
                "'",
                "(",
                ")",
                "{ ",
                " }",
                "<<<",
                "<<EOF ",
                " EOF",
                "root:",
                "\\n",
            ),
            *(
                "sshpass -p",
                "--password=",
                "; ",
                "sh -c ",
                PASSWORD,
                "$(",
                "`",
                "\\",
                "a",
                " ",
                "sudo -S ",
                "> x",
                "<n>",
            ),
        ]
    )
).map("".join)


@given(PIECES | st.text())
def test_folding_comes_to_an_end(line):
    form = normalize_command(line)
    assert normalize_command(form) == form


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "((a)|b)|",
        "{ ",
        "passwd <<a ",
        "|passwd",
        '"',
        '\\"',
        "'",
        "sh -c '",
        "$(",
        "echo a:|chpasswd;",
        "a=",
        "--pass=a ",
        "sudo -S ",
    ],
)
def test_a_long_line_is_folded_in_linear_time(unit):
    short, long = ("passwd;" + unit * (length // len(unit)) + "|passwd" for length in (8_000, 64_000))
    bound = 24 * max(usual_cpu_seconds(lambda: fold_passwords(short)), 0.001)
    assert least_cpu_seconds(lambda: fold_passwords(long), bound) < bound
