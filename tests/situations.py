"""Makes ``docs/operations.md`` of the tests: what happens when a part of the world fails.

``@pytest.mark.situation(section, when, does, see)`` stands at the test that shows a row. Where one
test is not enough, another one joins the row with ``@pytest.mark.situation(section, when)``. Rows
come in the order of files and lines. The marks are read as text, so nothing is imported or run.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.checkout import ROOT

PAGE = ROOT / "docs" / "operations.md"
MARK = "pytest.mark.situation"
SECTIONS = {
    "The broker and the network": (
        "Tried with Mosquitto and with made-up brokers on one machine, not yet over a real network."
    ),
    "The machine": (
        "Sound cards, pins and card failures were tried with an ALSA plugin, made-up pin errors,\n"
        "bind mounts and small disks, not yet with real hardware."
    ),
    "Sound": "Tried on recordings and on made-up sound, not yet at a real desk.",
}
"""Headings in order, and what is said under each."""
INTRO = """\
# Operations

What happens when something fails or is other than expected. `python -m tests.situations` makes this
page of the marks at the tests; the last column leads to the tests that show a row.
"""
HEAD = """\
| what happens | what the device does | what you see, and do | shown by |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at a test."""

    path: str
    """Of the test's file, from the root."""
    test: str
    section: str
    when: str
    does: str = ""
    """Empty: the test joins a row that another one tells."""
    see: str = ""


def marks(source: str, path: str) -> Iterator[Mark]:
    """Read the marks in a file of tests.

    Raises:
        ValueError: a mark is no plain text, or not that of a row.
    """
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for call in node.decorator_list:
            if isinstance(call, ast.Call) and ast.unparse(call.func) == MARK:
                yield Mark(path, node.name, *_texts(call, path))


def _texts(call: ast.Call, path: str) -> list[str]:
    texts = [one.value for one in call.args if isinstance(one, ast.Constant)]
    if call.keywords or len(texts) != len(call.args) or len(texts) not in (2, 3, 4):
        raise ValueError(f"{path}:{call.lineno}: write situation(section, when, does, see)")
    return [str(text) for text in texts]


def all_marks() -> list[Mark]:
    """Every mark of the project."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    texts = ((file, file.read_text("utf-8")) for file in files)
    return [
        mark
        for file, text in texts
        if MARK in text
        for mark in marks(text, str(file.relative_to(ROOT)))
    ]


def page(found: Iterable[Mark]) -> str:
    """Write the page."""
    found = list(found)
    parts = [INTRO]
    for section, note in SECTIONS.items():
        rows = [_row(one, found) for one in found if one.section == section and one.does]
        parts.append(f"## {section}\n\n{note}\n\n{HEAD}" + "".join(rows))
    return "\n".join(parts)


def _row(row: Mark, found: list[Mark]) -> str:
    shown = [_link(one) for one in found if (one.section, one.when) == (row.section, row.when)]
    cells = (row.when, row.does, row.see, ", ".join(shown))
    return "".join(f"| {cell}".rstrip() + " " for cell in cells) + "|\n"


def _link(mark: Mark) -> str:
    return f'[{Path(mark.path).stem.removeprefix("test_")}](../{mark.path} "{mark.test}")'


if __name__ == "__main__":
    PAGE.write_text(page(all_marks()), "utf-8")
