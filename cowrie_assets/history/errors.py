"""What keeps the history from being read or made smaller."""


class HistoryError(RuntimeError):
    """Dagster's history cannot be used; the message says what to do."""
