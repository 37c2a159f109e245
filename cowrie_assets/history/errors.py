"""What keeps the history from being read or made smaller."""

from cowrie_assets.errors import UserError


class HistoryError(UserError, RuntimeError):
    """Dagster's history cannot be used; the message says what to do."""
