"""Whole copies of the warehouse in a folder, each with a manifest that proves it, and the way back."""
