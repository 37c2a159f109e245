"""What keeps raw events from being archived, taken out or brought back, as a sentence."""

from cowrie_assets.errors import UserError


class ArchiveError(UserError):
    """Days that cannot be archived, taken out or brought back as they stand, or an archive that cannot be reached; the
    message says why."""


class ArchiveUnreachableError(ArchiveError):
    """The service that holds the archive did not do what it was asked for; it may a little later."""

    passing = True
