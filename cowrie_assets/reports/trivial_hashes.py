"""The period's files that hold next to nothing: they are never told to be new."""

from cowrie_assets.cowrie.trivial_files import is_trivial
from cowrie_assets.reports.figures import NOTHING, Scope, Values


def trivial_hashes(scope: Scope) -> Values:
    """`texts.id` of each trivial SHA-256 that any sensor saw in the scope's period, for `VALUES :trivial`."""
    return scope.memo.once(("trivial hashes", scope.period.label), lambda: _found(scope))


def _found(scope: Scope) -> Values:
    return [*NOTHING, *((row.value_id,) for row in scope.rows("hashes") if is_trivial(row.shasum))]
