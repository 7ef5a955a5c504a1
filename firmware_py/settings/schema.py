"""Reads tables of a TOML file into dataclasses.

A dataclass is the schema: its fields are the keys, its defaults make a key optional, its types
say what is accepted. A type with a ``parse(text)`` function that raises ValueError is written as
a string.
"""

import dataclasses
import enum
import math
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from firmware_py.settings.toml_document import Document, near
from firmware_py.settings.toml_lines import Where

T = TypeVar("T")
_LARGEST: Final = 2**63
"""What databases and TOML itself count to."""


def read(
    document: Document,
    where: Where,
    schema: Callable[..., T],
    *,
    given: Mapping[str, object] = types.MappingProxyType({}),
    others: Iterable[str] = (),
) -> T | None:
    """Read the table at a place into a dataclass; a table left out is an empty one.

    Args:
        document: The file.
        where: Place of the table.
        schema: The dataclass.
        given: Fields that are known already and so are no keys.
        others: Keys of the table that are read elsewhere.

    Returns:
        The dataclass, or None after noting mistakes in the document.
    """
    table = document.at(where)
    if table is not None and not isinstance(table, Mapping):
        document.wrong(where, f'"{where[-1]}" must be a table, not {_shown(table)}')
        return None
    return _TableReader(document, where, table or {}).read(schema, given, frozenset(others))


@dataclasses.dataclass
class _TableReader:
    document: Document
    where: Where
    table: Mapping[str, Any]
    sound: bool = True

    def read(
        self, schema: Callable[..., T], given: Mapping[str, object], others: frozenset[str]
    ) -> T | None:
        hints = typing.get_type_hints(schema)
        fields = {f.name: f for f in dataclasses.fields(typing.cast(Any, schema)) if f.init}
        fields = {name: field for name, field in fields.items() if name not in given}
        for key in self.table.keys() - fields.keys() - others:
            known = sorted({*fields, *others})
            hint = near(key, known) or f" (known: {', '.join(known)})"
            self._wrong(key, f'unknown key "{key}"{hint}')
        values = dict(given) | {
            name: self._convert(name, self.table[name], hints[name])
            for name in fields
            if name in self.table
        }
        for name, field in fields.items():
            if name not in self.table and not _has_default(field):
                self._wrong(name, f'"{name}" is missing')
        if not self.sound:
            return None
        try:
            return schema(**values)
        except ValueError as error:
            self._wrong("", str(error))
            return None

    def _wrong(self, key: str, text: str) -> None:
        self.sound = False
        self.document.wrong((*self.where, key) if key else self.where, text)

    def _convert(self, key: str, value: Any, hint: Any) -> Any:
        hint = _without_none(hint)
        if dataclasses.is_dataclass(hint) and not hasattr(hint, "parse"):
            result = read(self.document, (*self.where, key), typing.cast(Any, hint))
            self.sound &= result is not None
            return result
        try:
            return convert(value, hint)
        except ValueError as error:
            self._wrong(key, f'"{key}" {error}')
            return None


def convert(value: Any, hint: Any) -> Any:
    """Turn a TOML value into the type that a field asks for.

    Raises:
        ValueError: it does not fit; the message reads on after the key's name.
    """
    hint = _without_none(hint)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"must be a list, not {_shown(value)}")
        return tuple(convert(item, typing.get_args(hint)[0]) for item in value)
    if hint is float and type(value) in (int, float):
        return _to_float(value)
    if hint is int and type(value) is int and abs(value) >= _LARGEST:
        raise ValueError("is too large a number")
    if hint in (int, bool, str) and type(value) is hint:
        return _without_nul(value)
    if hint in (int, bool, str, float) or not isinstance(value, str):
        raise ValueError(f"must be {_WANTED.get(hint, _WANTED[str])}, not {_shown(value)}")
    return _from_text(_without_nul(value), hint)


def _to_path(text: str) -> Path:
    if text.startswith("~"):  # whose home would it be: that of a service?
        raise ValueError(f'must be written out, without "~", not "{text}"')
    if not Path(text).name:
        raise ValueError(f'must be a path, not "{text}"; leave the key out for none')
    return Path(text)


def _without_nul(value: Any) -> Any:
    """Refuse what no file name, no address and no text for people may hold."""
    if isinstance(value, str) and "\0" in value:
        raise ValueError("must not hold the character NUL")
    return value


def _to_float(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        raise ValueError("is too large a number") from None
    if math.isnan(number):
        raise ValueError("must be a number, not nan")
    return number


def _without_none(hint: Any) -> Any:
    """The type itself of one that may be None."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return next(one for one in typing.get_args(hint) if one is not type(None))
    return hint


def _from_text(text: str, hint: Any) -> Any:
    if hint is Path:
        return _to_path(text)
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        known = [member.value for member in hint]
        if text not in known:
            raise ValueError(f'must be one of {", ".join(known)}, not "{text}"{near(text, known)}')
        return hint(text)
    return hint.parse(text)


_WANTED: Final[dict[Any, str]] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a text in quotes",
}


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str) else str(value)


def _has_default(field: "dataclasses.Field[Any]") -> bool:
    return not (
        field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )
