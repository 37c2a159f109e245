"""Which version of the report document this code writes: apart, for whoever asks what is out of date builds none."""

DOCUMENT_VERSION = 8
"""Raised with every change to the document that reports which stand already are to have: keys that come or go, other
numbers under the same keys. Reports of a lesser version are written anew."""
