"""The numbers of whole documents, counted again from the JSON lines of logs by code that the product has no part in.

`evidence.py` reads logs; `expected.py` composes the document that must come of them out of the other modules here, one
for a few sections each; the tests load the same logs and compare.

Taken from the product are two pure functions only, documented rules with tests of their own: the risk of a command
(`cowrie.risk`) and its normal form (`cowrie.normalize`).
"""
