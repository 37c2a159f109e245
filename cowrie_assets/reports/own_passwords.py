"""Commands that differ in nothing but the password that their session logged in with: one behaviour, not many.

`./scan 192.0.2.1 root zzs` after a login with `zzs`, and the same with another password, are told alike where
behaviours are compared. That depends on the sessions, so it is no part of a command's normal form.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from cowrie_assets.cowrie.normalize import behaviour_signature, normalize_command
from cowrie_assets.cowrie.passwords import PASSWORD
from cowrie_assets.reports.figures import Scope, Values
from cowrie_assets.warehouse.codec import decode_text

MOST = 20_000
"""Commands that are told alike in one report; beyond it those of the fewest kin stay as they are."""


def own_forms(scope: Scope) -> Values:
    """`(command_id, signature)` of each such command, for `VALUES :own_forms`.

    A password is taken for what it is where two passwords at least stand at the same place of the same command: a word
    that is a password by chance stands alone, and stays.
    """
    kin: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in scope.rows("own_passwords"):
        form = _form(decode_text(row.command), decode_text(row.password))
        if form is not None:
            kin[form].append((row.command_id, row.password_id))
    return [(0, 0), *_numbered(kin.items())]


def _form(command: str, password: str) -> str | None:
    """The normal form with the password folded where it stands as a word; None where it stands nowhere so."""
    folded = re.sub(rf"(?<![A-Za-z0-9]){re.escape(password)}(?![A-Za-z0-9])", PASSWORD, command)
    return None if folded == command else normalize_command(folded)


def _numbered(kin: Iterable[tuple[str, list[tuple[int, int]]]]) -> Iterator[tuple[int, int]]:
    left = MOST
    for form, members in sorted(kin, key=lambda each: (-len(each[1]), each[0])):
        if len({password for _, password in members}) > 1 and len(members) <= left:
            left -= len(members)
            yield from ((command, behaviour_signature(form)) for command, _ in members)
