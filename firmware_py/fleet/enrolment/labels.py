"""Labels to print: a QR code and a name for each desk's device, no secret among it.

Sheets of A4 with 3 by 8 labels of 70 by 37 mm. The code holds ``deskcue:SITE/FLOOR/DESK``.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from xml.etree.ElementTree import Element

import segno

from firmware_py.drawing.html import node, page
from firmware_py.fleet.enrolment.desk_list import Place

PER_SHEET: Final = 24
_MASK: Final = 2
"""Any of the eight can be read; to choose the best would cost five times the time."""
_QUIET: Final = 4
"""Modules of margin (ISO/IEC 18004)."""
STYLE: Final = """
@page{size:A4;margin:0}
body{margin:0}
main{width:210mm;height:296mm;box-sizing:border-box;display:grid;break-after:page;
grid-template-columns:repeat(3,70mm);grid-template-rows:repeat(8,37mm)}
section{display:flex;gap:3mm;align-items:center;padding:3mm 4mm;box-sizing:border-box;
overflow:hidden}
svg{width:27mm;height:27mm;flex:none}
h1{font-size:12pt;margin:0;overflow-wrap:anywhere}
p{font-size:8pt;margin:1mm 0 0;overflow-wrap:anywhere}
"""


def label_sheets(site: str, places: Sequence[Place]) -> str:
    """Draw the labels of desks as an HTML page to print."""
    sheets = [places[at : at + PER_SHEET] for at in range(0, len(places), PER_SHEET)]
    drawn = (node("main", *map(_label, sheet)) for sheet in sheets)
    return page(f"DeskCue {site}", STYLE, *drawn)


def _label(place: Place) -> Element:
    words = node(
        "div",
        node("h1", f"{place.desk.floor} / {place.desk.desk}"),
        node("p", f"DeskCue {place.desk.site}"),
        node("p", place.hostname),
    )
    return node("section", qr_code(f"deskcue:{place.name}"), words)


def qr_code(text: str) -> Element:
    """Draw a QR code of model 2 that bears 15 % of damage.

    What is not ASCII is marked as UTF-8 (ECI 26): else segno writes 五楼 as Shift JIS.
    """
    matrix = segno.make(
        text,
        error="m",
        micro=False,
        boost_error=False,
        mask=_MASK,
        encoding="utf-8",
        eci=not text.isascii(),
    ).matrix
    size = len(matrix) + 2 * _QUIET
    dark = "".join(
        f"M{run[0] + _QUIET} {y + _QUIET}h{len(run)}v1h-{len(run)}z"
        for y, row in enumerate(matrix)
        for run in _runs(row)
    )
    return node("svg", node("path", d=dark), viewBox=f"0 0 {size} {size}")


def _runs(row: bytearray) -> Iterator[range]:
    """Stretches of dark modules."""
    begin = 0
    for dark, modules in groupby(row):
        end = begin + len([*modules])
        if dark:
            yield range(begin, end)
        begin = end
