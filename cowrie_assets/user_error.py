"""The base of errors that a user can do something about."""


class UserError(Exception):
    """Says in its own message, as one sentence, what is wrong and what to do: no traceback is needed."""

    passing = False
    """Whether the same may go well a little later; else somebody has to mend it first."""
