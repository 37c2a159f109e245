"""A Dagster data platform for Cowrie honeypot logs."""

__version__ = "0.1.0"
