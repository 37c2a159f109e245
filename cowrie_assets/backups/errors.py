"""What keeps a backup from being made or restored, as a sentence."""

from cowrie_assets.errors import UserError


class BackupError(UserError):
    """A backup that cannot be made, or not be restored; the message says why and what to do."""
