"""Runs on several machines: they wait with a broker, workers take them, and a heartbeat says which are in work.

A run's message is its id. Whoever has it claims it in `run_heartbeats`, a table in Dagster's own database, and works
only where the claim is the first and the run waits to be started: a message that is delivered twice starts nothing. The
run's process then beats there, and its row goes when the run has ended. So whether a run is in work is asked of the
database that has its events, not of the broker: a broker that restarts, or loses all it had, ends no run.

Needs the extra `celery`. docs/WORKERS.md tells what becomes of which failure, and within which time.
"""
