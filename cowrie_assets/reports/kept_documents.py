"""The documents of a period while its files are made: they lie in a temporary file, and memory holds one at a time.

What leads from page to page is known only when all documents are there, so each is read again for its own pages. They
are read as their JSON says: with the same values as they were built.
"""

import json
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self, cast

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.json_writer import dump

_IN_MEMORY = 16 * 1024 * 1024
"""Bytes up to which no file is made: those of a few sensors."""


class KeptDocuments:
    """Documents in the order in which they were added; use it as a context manager. It can be gone through again."""

    def __init__(self, documents: Iterable[ReportDocument] = ()) -> None:
        self.sensors: list[str] = []
        """Whose they are, as they name them."""
        self.are_complete = True
        """All of them."""
        self._file = SpooledTemporaryFile[bytes](max_size=_IN_MEMORY)
        self._ends = [0]
        for document in documents:
            self.add(document)

    def add(self, document: ReportDocument) -> None:
        """Keep a document. Raises OSError where the temporary folder is full."""
        self.sensors.append(document["sensor"])
        self.are_complete &= document["complete"]
        self._file.seek(self._ends[-1])
        self._file.write(dump(document))
        self._ends.append(self._file.tell())

    def __len__(self) -> int:
        return len(self.sensors)

    def __iter__(self) -> Iterator[ReportDocument]:
        for content in self.contents():
            yield cast(ReportDocument, json.loads(content))

    def contents(self) -> Iterator[bytes]:
        """Each as the file of its JSON."""
        for begin, end in zip(self._ends, self._ends[1:], strict=False):
            self._file.seek(begin)
            yield self._file.read(end - begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
