"""Whether data comes in as it should: looks at logs, ledger, clocks and folders that turn silence into a result."""
