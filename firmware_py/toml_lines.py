"""On which line a key of a TOML text stands: ``tomllib`` does not tell."""

import re
from typing import Final

Where = tuple[str | int, ...]
"""The way to a value: ``("rule", 3, "when")`` is the key ``when`` of the fourth ``[[rule]]``."""

_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""'
    r"|'''.*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'|#[^\n]*|[\[\]{}]|\n",
    re.DOTALL,
)
_NAME: Final = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED: Final = rf"{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*"
_TABLE: Final = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_DOTTED})[ \t]*\]")
_KEY: Final = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")


def line_numbers(text: str) -> dict[Where, int]:
    """Map every table and key of a TOML text to its line, counted from 1.

    Keys inside inline tables and elements of arrays are left out: the nearest key above them is
    in the map. The text must be valid TOML; of another the map may lack entries.
    """
    lines: dict[Where, int] = {}
    counts: dict[Where, int] = {}
    table: Where = ()
    for line, start in _statements(text):
        if header := _TABLE.match(text, start):
            names = _names(header[2])
            table = _resolve(names, counts, opens_item=header[1] == "[[")
            lines[table] = line
        elif key := _KEY.match(text, start):
            lines[(*table, *_names(key[1]))] = line
    return lines


def _statements(text: str) -> list[tuple[int, int]]:
    """Line and offset of every place where a table header or a key may begin."""
    starts = [(1, 0)]
    depth = 0
    line = 1
    for token in _TOKEN.finditer(text):
        sign = token[0]
        line += sign.count("\n")
        depth += (sign in "[{") - (sign in "]}")
        if sign == "\n" and depth == 0:
            starts.append((line, token.end()))
    return starts


def _names(dotted: str) -> list[str]:
    return [name.strip("\"'") for name in re.findall(_NAME, dotted)]


def _resolve(names: list[str], counts: dict[Where, int], *, opens_item: bool) -> Where:
    """Put the index of the last item behind every name that is an array of tables."""
    where: Where = ()
    for depth, name in enumerate(names, start=1):
        where = (*where, name)
        if opens_item and depth == len(names):
            counts[where] = counts.get(where, -1) + 1
        if where in counts:
            where = (*where, counts[where])
    return where
