"""A report folder as a reader walks through it: from page to page, by links alone."""

from pathlib import Path
from urllib.parse import unquote, urldefrag

from cowrie_assets_tests.reports.render.page import Page


class Walked:
    """All pages below a folder; raises AssertionError where a link leads to no file, or to no place in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.pages = {path.resolve(): Page(path.read_bytes()) for path in self.folder.rglob("*.html")}
        self._ids = {
            path: {element.attributes["id"] for element in page.elements if "id" in element.attributes}
            for path, page in self.pages.items()
        }
        self.links = {path: self._links(path, page) for path, page in self.pages.items()}

    def _links(self, path: Path, page: Page) -> list[Path]:
        found = []
        for link in page.all("a"):
            href, anchor = urldefrag(str(link.attributes["href"]))
            target = (path.parent / unquote(href)).resolve() if href else path
            assert target.is_file(), (path, href)
            assert target.is_relative_to(self.folder), (path, href)
            assert not anchor or anchor in self._ids[target], (path, href, anchor)
            found.append(target)
        return found

    def reached(self, start: Path) -> set[Path]:
        """Every page to be reached from `start`."""
        seen: set[Path] = set()
        waiting = [start.resolve()]
        while waiting:
            path = waiting.pop()
            if path in self.pages and path not in seen:
                seen.add(path)
                waiting += self.links[path]
        return seen

    def way(self, *names: str) -> Path:
        """Walk from the first page over links to pages with such names or labels in their path; the last page."""
        path = self.folder / names[0]
        for name in names[1:]:
            path = next(target for target in self.links[path] if name in str(target.relative_to(self.folder)))
        return path
