"""Pages whose passwords cannot be read: where they stand as such, and where commands and other events repeat them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.pages.build import Pages
from cowrie_assets.reports.pages.sessions import SessionPage
from cowrie_assets.reports.pages.timeline import Entry, Value
from cowrie_assets.reports.pages.values import Item, ValuePage
from cowrie_assets.reports.render.links import PAGES
from cowrie_assets.reports.render.masking import masks_of, passwords_of, redacted


def mask_pages(pages: Pages, documents: Iterable[ReportDocument]) -> Pages:
    """A copy of `pages` with each password masked that they or `documents` hold."""
    masks = masks_of(_passwords(pages, documents))
    hide = partial(redacted, masks=masks)
    return replace(
        pages,
        sessions=[_session(page, masks, hide) for page in pages.sessions],
        values=[_value_page(page, masks, hide) for page in pages.values],
    )


def mask_session(page: SessionPage) -> SessionPage:
    """A copy of one session with each password masked that it holds."""
    masks = masks_of(_of_session(page))
    return _session(page, masks, partial(redacted, masks=masks))


def _passwords(pages: Pages, documents: Iterable[ReportDocument]) -> Iterator[str]:
    for document in documents:
        yield from passwords_of(document)
    for session in pages.sessions:
        yield from _of_session(session)
    for page in pages.values:
        yield from (item.other for item in page.items["login"] if item.other is not None)


def _of_session(page: SessionPage) -> Iterator[str]:
    if page.password is not None:
        yield page.password
    yield from (value.text for entry in page.entries for value in entry.values if value.is_secret)


_SHOWN = frozenset({*PAGES, "username"})
"""The places of values that stay as they are, also where one is a password somewhere."""
Masks = dict[str, str]
Hide = Callable[[str], str]


def _session(page: SessionPage, masks: Masks, hide: Hide) -> SessionPage:
    password = None if page.password is None else masks[page.password]
    return replace(page, password=password, entries=tuple(_entry(entry, masks, hide) for entry in page.entries))


def _entry(entry: Entry, masks: Masks, hide: Hide) -> Entry:
    return replace(
        entry, values=tuple(value if value.place in _SHOWN else _value(value, masks, hide) for value in entry.values)
    )


def _value(value: Value, masks: Masks, hide: Hide) -> Value:
    text = masks[value.text] if value.is_secret else hide(value.text)
    if text == value.text:
        return value
    is_cut = value.characters > len(value.text) and not value.is_secret
    return replace(value, text=text, characters=value.characters if is_cut else len(text))


def _value_page(page: ValuePage, masks: Masks, hide: Hide) -> ValuePage:
    items = {name: [_item(name, item, masks, hide) for item in items] for name, items in page.items.items()}
    return replace(page, items=items)


def _item(name: str, item: Item, masks: Masks, hide: Hide) -> Item:
    if name == "login":
        return replace(item, other=None if item.other is None else masks[item.other])
    return replace(item, value=None if item.value is None else hide(item.value)) if name == "command" else item
