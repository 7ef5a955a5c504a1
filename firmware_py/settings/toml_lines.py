"""On which line a key of a TOML text stands: ``tomllib`` does not say."""

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
_ELEMENT: Final = re.compile(_TOKEN.pattern + r"|,|[^\s\[\]{},\"'#]+", re.DOTALL)
_NAME: Final = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED: Final = rf"{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*"
_TABLE: Final = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_DOTTED})[ \t]*\]")
_KEY: Final = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")


def line_numbers(text: str) -> dict[Where, int]:
    """Map every table and key of a TOML text to its line, counted from 1.

    Elements of an array are in the map where they stand on lines of their own. Keys inside inline
    tables are left out: the nearest place above them is in the map. The text must be valid TOML;
    of another the map may lack entries.
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
            where = (*table, *_names(key[1]))
            lines[where] = line
            for index, own_line in enumerate(_elements(text, key.end(), line)):
                if own_line != line:
                    lines[(*where, index)] = own_line
    return lines


def _elements(text: str, start: int, line: int) -> list[int]:
    """Lines of the elements of the array that may follow the equals sign before ``start``."""
    lines: list[int] = []
    depth, fresh = 0, True
    for token in _ELEMENT.finditer(text, start):
        sign = token[0]
        line += sign.count("\n")
        if depth == 1 and fresh and sign[0] not in "\n#,]":
            lines.append(line - sign.count("\n"))
        fresh = (sign[0] in "\n#" and fresh) or (depth <= 1 and sign in ("[", ","))
        depth += (sign in "[{") - (sign in "]}")
        if depth == 0:
            return lines
    return []


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
