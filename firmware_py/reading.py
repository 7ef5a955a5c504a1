"""Reads TOML files into frozen dataclasses and tells every mistake at once, each with its line.

A dataclass is the schema: its fields are the keys, its defaults make a key optional, its types
say what is accepted. A type with a ``parse(text)`` function that raises ValueError is written as
a string.
"""

import dataclasses
import difflib
import enum
import math
import re
import tomllib
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from firmware_py.config import Config
from firmware_py.errors import DeskcueError
from firmware_py.toml_lines import Where, line_numbers

T = TypeVar("T")

LARGEST_FILE: Final = 1_000_000
"""Bytes; a settings file beyond this is surely another file."""


class ReadingError(DeskcueError):
    """A file has mistakes; ``str(error)`` has one line for each."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


class Line(NamedTuple):
    """A line of a file."""

    file: str
    number: int


class Document:
    """A parsed TOML file, where its keys stand, and the mistakes found in it so far."""

    def __init__(self, name: str, root: dict[str, Any], lines: Mapping[Where, Line]) -> None:
        self.name = name
        """How messages call the file."""
        self.root = root
        self.lines = lines
        self._mistakes: list[tuple[Line, str]] = []

    def wrong(self, where: Where, text: str) -> None:
        """Note a mistake at a key or table; said again, it counts once."""
        mistake = (self._line(where), f"{self._label(where)}{text}")
        if mistake not in self._mistakes:
            self._mistakes.append(mistake)

    def check(self) -> None:
        """Raise ReadingError with all mistakes in the order of their lines, if there are any."""
        if self._mistakes:
            mistakes = sorted(self._mistakes)
            raise ReadingError(f"{line.file}:{line.number}: {text}" for line, text in mistakes)

    def at(self, where: Where) -> Any:
        """Value at a place, or None."""
        value: Any = self.root
        for step in where:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def items(self, name: str) -> list[Where]:
        """Places of the tables of an array of tables such as ``[[rule]]``; none if left out."""
        array = self.root.get(name, [])
        if isinstance(array, list) and all(isinstance(item, dict) for item in array):
            return [(name, index) for index in range(len(array))]
        self.wrong((name,), f"write it as [[{name}]] tables")
        return []

    def _line(self, where: Where) -> Line:
        """Line of the place, or of the nearest place above it."""
        for length in range(len(where), 0, -1):
            if where[:length] in self.lines:
                return self.lines[where[:length]]
        return Line(self.name, 1)

    def _label(self, where: Where) -> str:
        if len(where) > 1 and isinstance(where[1], int):
            identity = (self.at(where[:2]) or {}).get("id")
            return f'{where[0]} "{identity}": ' if identity else f"{where[0]} {where[1] + 1}: "
        while where and not isinstance(self.at(where), dict):
            where = where[:-1]
        return f"[{'.'.join(map(str, where))}]: " if where else ""


def read_file(path: Path, name: str = "") -> bytes:
    """Bytes of a settings file; ``name`` is how messages call it (else the path as given).

    Raises:
        DeskcueError: it cannot be read, or is too large.
    """
    name = name or str(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise DeskcueError(f"{name}: cannot read it: {error.strerror}") from None
    if len(data) > LARGEST_FILE:
        raise DeskcueError(f"{name}: larger than {LARGEST_FILE // 1000} kB; is it the right file?")
    return data


def parse_toml(data: bytes, name: str) -> Document:
    """Parse the bytes of a TOML file.

    Raises:
        ReadingError: it is no TOML, or no UTF-8.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        lines = {where: Line(name, number) for where, number in line_numbers(text).items()}
        return Document(name, tomllib.loads(text), lines)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReadingError([f"{name}:{line}: not UTF-8; save the file as UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        told = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error), re.DOTALL)
        if not told:
            raise ReadingError([f"{name}: no TOML: {error}"]) from None
        raise ReadingError([f"{name}:{told[2]}: no TOML: {told[1]} (column {told[3]})"]) from None


def near(word: str, known: Iterable[str]) -> str:
    """`` did you mean "…"?`` if a known word is near, else nothing."""
    matches = difflib.get_close_matches(word, [*known], n=1, cutoff=0.5)
    return f'; did you mean "{matches[0]}"?' if matches else ""


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
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return convert(value, next(a for a in arguments if a is not type(None)))
    if origin is tuple:
        if not isinstance(value, list):
            raise ValueError(f"must be a list, not {_shown(value)}")
        return tuple(convert(item, arguments[0]) for item in value)
    if hint is float and type(value) in (int, float) and not math.isnan(value):
        return float(value)
    if hint in (int, bool, str) and type(value) is hint:
        return value
    if hint in (int, bool, str, float) or not isinstance(value, str):
        raise ValueError(f"must be {_WANTED.get(hint, _WANTED[str])}, not {_shown(value)}")
    return _from_text(value, hint)


def _from_text(text: str, hint: Any) -> Any:
    if hint is Path:
        return Path(text)
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
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _has_default(field: "dataclasses.Field[Any]") -> bool:
    return not (
        field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )


def load_config(path: Path) -> Config:
    """Read ``deskcue.toml``.

    Raises:
        DeskcueError: it cannot be read or has mistakes; one line for each.
    """
    document = parse_toml(read_file(path), str(path))
    config = read(document, (), Config)
    if config:
        _check_config(document, config)
    document.check()
    assert config is not None
    return config


def _check_config(document: Document, config: Config) -> None:
    """Note what the types cannot say."""
    for name in ("site", "floor", "desk"):
        level = getattr(config.desk, name)
        if not level or re.search(r"[/+#\x00]", level):
            document.wrong(
                ("desk", name), f'"{name}" becomes an MQTT topic level: not empty, without / + #'
            )
    if not 1 <= config.broker.port <= 65_535:
        document.wrong(("broker", "port"), '"port" must be 1 to 65535')
    if not 1 <= config.broker.keepalive_s <= 65_535:
        document.wrong(("broker", "keepalive_s"), '"keepalive_s" must be 1 to 65535 seconds')
    pins = config.light.pins
    if len(pins) not in (0, 1, 3) or len({*pins}) < len(pins):
        document.wrong(("light", "pins"), '"pins" must be three different pins, one, or none')
    if not all(0 <= pin <= 27 for pin in pins):
        document.wrong(("light", "pins"), '"pins" are BCM numbers, 0 to 27')
    if not 0 < config.light.brightness <= 1:
        document.wrong(("light", "brightness"), '"brightness" must be over 0 and at most 1')
    if not 16 <= config.tap.block_samples <= 16_000:
        document.wrong(("tap", "block_samples"), '"block_samples" must be 16 to 16000')
    if config.outbox.max_events < 1:
        document.wrong(("outbox", "max_events"), '"max_events" must be 1 or more')
