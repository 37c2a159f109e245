"""From log files to rows: finding, reading, the ledger, the one load step."""
