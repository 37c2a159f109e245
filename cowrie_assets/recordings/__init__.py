"""Recordings of terminals: where they lie, playing one, and writing one as an asciicast."""
