"""Draws the timeline of a call as SVG, in rows like a score: the agent above, the caller below.

From above to below a row shows what the device said (a flag where it spoke, a bar over the cause),
words of the standard that were heard, the two voices, and the light.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element

from firmware_py.core.messages import message
from firmware_py.core.types import Cue
from firmware_py.drawing.html import FONTS, add, as_svg, node
from firmware_py.drawing.shapes import (
    AGENT_COLOUR,
    BOTH_COLOUR,
    CALLER_COLOUR,
    CUE_COLOUR,
    FAINT,
    INK,
    LEFT,
    LINE,
    RIGHT,
    WIDTH,
    badge,
    clock,
    cut,
    text_at,
    width_of,
)
from firmware_py.reports.call_timeline import CallTimeline, Mark, Words
from firmware_py.reports.timeline_row import row
from firmware_py.reports.waveform import Stretch

_ROW_SECONDS: Final = (30, 60, 120, 300, 600)
_MOST_ROWS: Final = 8


def svg(call_timeline: CallTimeline, language: str = "zh") -> str:
    """Draw a story as an SVG file; text in ``zh`` or ``en``."""
    drawn, y = node("g"), 0.0
    for part, height in parts(call_timeline, language):
        add(drawn, node("g", part, transform=f"translate(0 {y:.1f})"))
        y += height
    return as_svg(sheet(drawn, round(y), patterns()))


def parts(call_timeline: CallTimeline, language: str = "zh") -> Iterator[tuple[Element, float]]:
    """Draw the head, every row and the legend, each from y = 0; with the height of each."""
    yield _head(call_timeline, language)
    for stretch, marks, words in _stretches(call_timeline, language):
        yield row(stretch, marks, words)
    yield _legend(language)


def sheet(drawn: Element, height: float, *definitions: Element) -> Element:
    """Lay a drawing on white paper."""
    return node(
        "svg",
        *definitions,
        node("rect", width=WIDTH, height=height, fill="#ffffff"),
        drawn,
        xmlns="http://www.w3.org/2000/svg",
        width=WIDTH,
        height=height,
        viewBox=f"0 0 {WIDTH} {height:.6g}",
        font_family=FONTS,
    )


def _stretches(
    call_timeline: CallTimeline, language: str
) -> Iterator[tuple[Stretch, list[Mark], list[Words]]]:
    """The rows, each with what was said and heard in it."""
    lasting = _row_seconds(call_timeline.seconds)
    last = max(0, math.ceil(call_timeline.seconds / lasting) - 1)
    for number in range(last + 1):
        yield (
            Stretch(call_timeline, number * lasting, lasting, language),
            [mark for mark in call_timeline.marks if min(mark.at // lasting, last) == number],
            [one for one in call_timeline.words if min(one.start // lasting, last) == number],
        )


def _row_seconds(seconds: float) -> int:
    """How long a row lasts: as short as few rows allow."""
    fitting = (s for s in _ROW_SECONDS if seconds <= s * _MOST_ROWS)
    return next(fitting, 600 * math.ceil(seconds / 600 / _MOST_ROWS))


def patterns() -> Element:
    """Define the hatch of talk-over, once in a document."""
    stripe = node("path", d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5", stroke=BOTH_COLOUR, stroke_width=1.6)
    hatch = node("pattern", stripe, id="both", width=6, height=6, patternUnits="userSpaceOnUse")
    return node("defs", hatch)


def _head(call_timeline: CallTimeline, language: str) -> tuple[Element, float]:
    """Title, shares of talk, and how often each clause was met."""
    drawing = node("g")
    began, length = f"{call_timeline.began:%Y-%m-%d %H:%M}", clock(call_timeline.seconds)
    about = f"{began} · {call_timeline.rulebook} · {length}"
    add(
        drawing,
        text_at(28, 44, cut(call_timeline.title, 24, 620), 24, font_weight="bold"),
        text_at(28, 68, about, 13, fill=FAINT),
    )
    _shares(drawing, call_timeline, language)
    x, y = 28.0, 84
    counts = _counts(call_timeline.marks)
    if not counts:
        add(drawing, text_at(x, y + 13.5, message("look.nothing", language), 13, fill=FAINT))
    for index, (mark, count) in enumerate(counts):
        sign, width = badge(x, y, mark.clause, CUE_COLOUR[mark.cue])
        title = cut(mark.title, 12, 230) + (f" ×{count}" if count > 1 else "")
        needed = width + width_of(title, 12) + 26
        if x + needed > RIGHT - 90:
            more = message("look.more", language, count=len(counts) - index)
            add(drawing, text_at(x, y + 13.5, more, fill=FAINT))
            break
        add(drawing, sign, text_at(x + width + 6, y + 13.5, title))
        x += needed
    return drawing, y + 34


def _counts(marks: Iterable[Mark]) -> list[tuple[Mark, int]]:
    """One Mark of each clause and how many there are; the gravest first."""
    found: dict[str, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.clause, []).append(mark)
    order = (Cue.RED, Cue.AMBER, Cue.NONE)
    counted = [(min(same, key=lambda m: order.index(m.cue)), len(same)) for same in found.values()]
    return sorted(counted, key=lambda item: (order.index(item[0].cue), -item[1], item[0].at))


def _shares(drawing: Element, call_timeline: CallTimeline, language: str) -> None:
    share = call_timeline.share
    left, width = 720.0, RIGHT - 720.0
    parts = (
        ("agent", share.agent, AGENT_COLOUR),
        ("both", share.both, "url(#both)"),
        ("caller", share.caller, CALLER_COLOUR),
        ("quiet", share.quiet, LINE),
    )
    x, label_x = left, left
    for name, part, colour in parts:
        add(drawing, node("rect", x=x, y=28, width=part * width, height=14, fill=colour))
        text = f"{message(f'look.{name}', language)} {part:.0%}"
        add(drawing, node("rect", x=label_x, y=56, width=10, height=10, rx=2, fill=colour))
        add(drawing, text_at(label_x + 15, 65.5, text, fill=INK))
        x += part * width
        label_x += width_of(text, 12) + 38


def _legend(language: str) -> tuple[Element, float]:
    drawing, x, y = node("g"), float(LEFT), 0.0
    for name, colour in (
        ("red", CUE_COLOUR[Cue.RED]),
        ("amber", CUE_COLOUR[Cue.AMBER]),
        ("none", CUE_COLOUR[Cue.NONE]),
        ("words", AGENT_COLOUR),
        ("both", "url(#both)"),
    ):
        text = message(f"look.{name}", language)
        add(drawing, node("rect", x=x, y=y, width=14, height=12, rx=3, fill=colour))
        add(drawing, text_at(x + 20, y + 10.5, text, fill=FAINT))
        x += width_of(text, 12) + 52
    return drawing, y + 32
