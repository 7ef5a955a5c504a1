"""One HTML page that shows calls: their timelines and, below each, a table of what was found."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from firmware_py.core.messages import message
from firmware_py.drawing.html import node, page
from firmware_py.drawing.shapes import CUE_COLOUR, FAINT, INK, LINE, clock
from firmware_py.reports.call_timeline import CallTimeline, Mark
from firmware_py.reports.timeline import parts, patterns, sheet

STYLE: Final = f"""
body{{margin:0 auto;max-width:1320px;padding:24px;color:{INK};background:#fff;line-height:1.5}}
section{{margin-bottom:48px}} figure{{margin:0;overflow-x:auto}}
svg{{display:block;width:100%;height:auto}}
table{{border-collapse:collapse;width:100%;margin-top:8px;font-size:14px}}
th{{text-align:left;font-weight:normal;color:{FAINT};border-bottom:2px solid {LINE}}}
th,td{{padding:6px 12px 6px 0;vertical-align:top}} td{{border-bottom:1px solid {LINE}}}
td:first-child,th:first-child{{padding-left:12px;white-space:nowrap}}
td:first-child{{font-variant-numeric:tabular-nums}}
b.cue{{color:#fff;border-radius:4px;padding:1px 6px;font-size:12px;white-space:nowrap;
print-color-adjust:exact;-webkit-print-color-adjust:exact}}
.dot{{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:6px;
print-color-adjust:exact;-webkit-print-color-adjust:exact}}
td:nth-child(2),th,td:last-child{{white-space:nowrap}} .none{{color:{FAINT}}}
@media screen and (max-width:760px){{svg{{min-width:960px}}}}
@page{{size:A4 landscape;margin:12mm}}
@media print{{body{{padding:0;max-width:none}} section{{break-after:page;margin:0}}
section:last-child{{break-after:auto}} table{{font-size:12px}} th,td{{padding:2px 12px 2px 0}}
svg,tr{{break-inside:avoid}}}}
"""
_COLUMNS: Final = ("time", "clause", "what", "advice", "cue")


def call_page(call_timelines: Sequence[CallTimeline], language: str = "zh") -> str:
    """Draw timelines as one page that needs nothing but itself."""
    sections = [
        _section(call_timeline, language, first=not n)
        for n, call_timeline in enumerate(call_timelines)
    ]
    return page(message("look.page", language), STYLE, *sections, language=language)


def _section(call_timeline: CallTimeline, language: str, *, first: bool) -> Element:
    figure = node("figure", role="img", aria_label=call_timeline.title)
    for number, (part, height) in enumerate(parts(call_timeline, language)):
        definitions = [patterns()] if first and not number else []
        figure.append(sheet(part, height, *definitions))
    return node("section", figure, found(call_timeline.marks, language))


def found(marks: Sequence[Mark], language: str) -> Element:
    """Write what was found as a table, in the order in which the device spoke."""
    if not marks:
        return node("p", message("look.nothing", language), class_="none")
    head = [node("th", message(f"look.{name}", language)) for name in _COLUMNS]
    rows = [_row(mark, language) for mark in sorted(marks, key=lambda mark: mark.at)]
    return node("table", node("thead", node("tr", *head)), node("tbody", *rows))


def _row(mark: Mark, language: str) -> Element:
    colour = f"background:{CUE_COLOUR[mark.cue]}"
    cells: tuple[tuple[Element | str, ...], ...] = (
        (clock(mark.at),),
        (node("b", mark.clause, class_="cue", style=colour),),
        (mark.title,),
        (mark.advice,),
        (node("span", class_="dot", style=colour), message(f"cue.{mark.cue}", language)),
    )
    return node("tr", *(node("td", *cell) for cell in cells))
