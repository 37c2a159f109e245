"""What monitors are told of runs: status files. It subscribes to `activity`; it changes no work."""
