"""What can be wrong with a warehouse."""


class WarehouseError(RuntimeError):
    """The database cannot serve; the message says why and what to do."""
