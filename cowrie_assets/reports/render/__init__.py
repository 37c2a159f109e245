"""Renderings of the report document: text and HTML, and the index of what lies in a report folder.

They show the document's numbers and count nothing themselves. Its values were written by attackers: whatever shows one
takes it through `plain_text`.
"""
