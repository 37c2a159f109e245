"""The TOML file that `COWRIE_ADDRESS_LISTS` may name: `[[list]]` tables of `name`, `kind`, `path`, `may_be_empty`.

Whatever it says that is not understood is an error that names file, list and key, and shows no value.
"""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, ValidationError

from cowrie_assets.enrichment.named_lists import NAME, AddressList, ListKind
from cowrie_assets.errors import SettingsError
from cowrie_assets.printable import shown
from cowrie_assets.toml_file import read_toml_file


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _ListTable(_Table):
    name: Annotated[str, StringConstraints(strict=True, pattern=f"^{NAME}$")]
    kind: ListKind
    path: Annotated[str, StringConstraints(strict=True, min_length=1)]
    may_be_empty: StrictBool = False


class _ListsFile(_Table):
    lists: list[_ListTable] = Field([], alias="list")


_MUST_BE = {
    "name": "must be of at most 64 small letters, digits, dots, dashes and underscores",
    "kind": f"must be one of {', '.join(ListKind)}",
    "path": "must be a string, the path of a file",
    "may_be_empty": "must be true or false",
}


def read_lists_file(path: Path) -> tuple[AddressList, ...]:
    """The lists that the file at `path` names; a relative `path` of theirs is taken from the file's own folder.

    Raises SettingsError where it cannot be read or understood.
    """
    document = read_toml_file("COWRIE_ADDRESS_LISTS", path)
    try:
        tables = _ListsFile.model_validate(document).lists
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise SettingsError(f"COWRIE_ADDRESS_LISTS {path}: {_sentence(first['type'], first['loc'])}") from None
    return tuple(AddressList(each.name, each.kind, path.parent / each.path, each.may_be_empty) for each in tables)


def _sentence(fault: str, place: tuple[int | str, ...]) -> str:
    keys = [str(part) for part in place if isinstance(part, str)]
    numbers = [part for part in place if isinstance(part, int)]
    if len(keys) < 2 or not numbers:  # noqa: PLR2004  (`list`, and a key of one of them)
        unknown = fault == "extra_forbidden" and keys
        return f"there is no key {shown(keys[0])}" if unknown else "lists are written as [[list]], with two brackets"
    of_list = f"[[list]] number {numbers[0] + 1}"
    if fault == "extra_forbidden":
        return f"{of_list}: there is no key {shown(keys[1])}; the keys are {', '.join(_MUST_BE)}"
    return f"{of_list}: there is no {keys[1]}" if fault == "missing" else f"{of_list}: {keys[1]} {_MUST_BE[keys[1]]}"
