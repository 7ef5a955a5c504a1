"""Puts what was measured where it is told: the experimental rulebook, and the documents."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich.table import Table

MEASUREMENTS: Final = Path(__file__).parents[2] / "docs" / "measurements.md"
_HEADING: Final = "## Articulation and language (D3, D4)"
_TEXT: Final = """\
{heading}

`scripts/evaluate language [--write]`, {told}. The rules are experimental: off, in a rulebook
that a site must name (`extends = ["10086", "experimental"]`), and without a light. The detector
compares the last 15 s of speech with the same voice's usual: *blur*, the share of model rows torn
between a phone and none, for D3; and where there is none, *doubt*, the entropy over the phones in
bits, for D4. The limits, {slurred:.2f} and {foreign:.2f}, are passed by 2 % of the Mandarin
stretches of reader s0150 and two synthetic voices; what stands here is reader s0252 (the model
learnt from both readers) and three other synthetic voices. AUC: against all Mandarin stretches,
whatever the line.

{table}

What that is worth: slurring is made up (the spectral envelope smeared over some 120 ms), nobody was
recorded mumbling. Synthetic voices are known to the phone model as a kind, so another language
stands out from them as it does not from people: see the rows of real English, which is other
people's, heard after the reader as if they were the same. No dialect of a real speaker was at hand.
"""


def into_rulebook(
    path: Path, limits: tuple[float, float], errors: Mapping[str, tuple[float, float]]
) -> None:
    """Write the limits, and each rule's errors: missed and mistaken, as shares."""
    text = path.read_text("utf-8")
    for key, limit in zip(("slurred_over", "foreign_over"), limits, strict=True):
        text = _once(rf"^{key} = .*$", f"{key} = {limit:.2f}", text)
    for clause, (missed, mistaken) in errors.items():
        told = f"experimental = {{ missed = {missed:.2f}, mistaken = {mistaken:.2f} }}"
        text = _once(rf'(id = "{clause}"\n(?:.+\n)*?)experimental = .*$', rf"\g<1>{told}", text)
    path.write_text(text, "utf-8")


def into_measurements(told: str, limits: tuple[float, float], table: str) -> None:
    """Write the section about D3 and D4 anew."""
    section = _TEXT.format(
        heading=_HEADING, told=told, slurred=limits[0], foreign=limits[1], table=table
    )
    text = MEASUREMENTS.read_text("utf-8")
    pattern = rf"{re.escape(_HEADING)}\n.*?(?=^## )"
    MEASUREMENTS.write_text(_once(pattern, section + "\n", text, re.DOTALL), "utf-8")


def markdown(table: Table) -> str:
    """Write a table of texts as Markdown."""
    heads = [str(column.header) for column in table.columns]
    rows = zip(*(column.cells for column in table.columns), strict=True)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _once(pattern: str, by: str, text: str, flags: int = 0) -> str:
    text, times = re.subn(pattern, by, text, flags=flags | re.MULTILINE)
    assert times == 1, pattern
    return text
