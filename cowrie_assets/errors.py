"""Errors that a user can do something about."""


class UserError(Exception):
    """Says in its own message, as one sentence, what is wrong and what to do: no traceback is needed."""

    passing = False
    """Whether the same may go well a little later; else somebody has to mend it first."""


class SettingsError(UserError, ValueError):
    """A setting that cannot be used; the message names it and says what it should be."""
