"""Draws one row of a timeline: what the device said, standard words, both voices, the light."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from firmware_py.core.messages import message
from firmware_py.core.types import Cue
from firmware_py.drawing.html import add, node
from firmware_py.drawing.shapes import (
    AGENT_COLOUR,
    CUE_COLOUR,
    FAINT,
    HALO,
    LEFT,
    LINE,
    RIGHT,
    badge,
    clock,
    cut,
    place,
    text_at,
    width_of,
)
from firmware_py.reports.call_timeline import Mark, Words
from firmware_py.reports.waveform import HEIGHT, Stretch, seconds, voices

_FLAG: Final = 26
_MOST_FLAGS: Final = 6
_WORD: Final = 18
_MOST_WORDS: Final = 3
_TITLE: Final = 230
_MARGIN: Final = 16
_BELOW: Final = 52


def row(stretch: Stretch, marks: Sequence[Mark], words: Sequence[Words]) -> tuple[Element, float]:
    """Draw a row from y = 0, with the Marks and Words that belong to it; returns its height too."""
    flags = place([(stretch.x(mark.at), _flag_width(mark)) for mark in marks], _MOST_FLAGS)
    notes = place([(stretch.x(one.start), _note_width(one)) for one in words], _MOST_WORDS)
    under_flags = _MARGIN + _FLAG * (max(flags, default=-1) + 1)
    lanes = under_flags + _WORD * (max(notes, default=-1) + 1)
    drawn = node(
        "g",
        node("g", voices(stretch), transform=f"translate(0 {lanes})"),
        node("g", _light(stretch), transform=f"translate(0 {lanes + HEIGHT + 8})"),
        node("g", *_life(stretch), transform=f"translate(0 {lanes})"),
        node("g", *_causes(stretch), transform=f"translate(0 {lanes - 2})"),
    )
    flagged = [
        (m, under_flags - _FLAG * (t + 1)) for m, t in zip(marks, flags, strict=True) if t >= 0
    ]
    add(drawn, *(_pole(stretch, mark, y, lanes + HEIGHT + 8) for mark, y in flagged))
    add(drawn, node("g", seconds(stretch), transform=f"translate(0 {lanes})"))
    for one, track in zip(words, notes, strict=True):
        if track >= 0:
            add(drawn, _note(stretch, one, under_flags + _WORD * track))
    add(drawn, *(_flag(stretch, mark, y) for mark, y in flagged))
    if left_out := flags.count(-1):
        more = message("look.more", stretch.language, count=left_out)
        add(drawn, text_at(RIGHT, 10, more, 11, fill=FAINT, text_anchor="end"))
    return drawn, lanes + HEIGHT + _BELOW


def _flag_width(mark: Mark) -> float:
    return width_of(mark.clause, 12) + width_of(cut(mark.title, 12, _TITLE), 12) + 30


def _note_width(words: Words) -> float:
    return width_of(f"{words.clause} {words.text}", 11) + 20


def _light(stretch: Stretch) -> Element:
    """What the light said: red stands higher than amber."""
    line = node("rect", x=LEFT, y=4, width=stretch.end_x - LEFT, height=3, rx=1.5, fill=LINE)
    name = message("look.light", stretch.language)
    drawn = node("g", text_at(LEFT - 12, 10, name, 13, fill=FAINT, text_anchor="end"), line)
    for glimpse in stretch.call_timeline.light:
        if stretch.holds(glimpse.start, glimpse.end):
            x = stretch.x(glimpse.start)
            y, height = (0, 11) if glimpse.cue is Cue.RED else (2, 7)
            bar = node("rect", x=x, y=y, width=stretch.x(glimpse.end) - x, height=height, rx=3)
            bar.set("fill", CUE_COLOUR[glimpse.cue])
            name = message(f"look.{glimpse.cue}", stretch.language)
            bar.append(node("title", f"{clock(glimpse.start)}-{clock(glimpse.end)} {name}"))
            add(drawn, bar)
    return drawn


def _life(stretch: Stretch) -> list[Element]:
    """Where the call starts, is on hold, goes on and ends: a dotted line and a word below."""
    drawn = []
    for moment in stretch.call_timeline.life:
        if stretch.holds(moment.at, moment.at + 0.01):
            x, foot = stretch.x(moment.at), HEIGHT + 24
            word = message(f"event.call.{moment.what}", stretch.language)
            left = min(x + 4, RIGHT - width_of(word, 11))
            line = node("path", d=f"M{x:.1f} 0V{foot + 10}", stroke=FAINT, stroke_dasharray="2 3")
            drawn += [line, text_at(left, foot + 9, word, 11, fill=FAINT)]
    return drawn


def _causes(stretch: Stretch) -> list[Element]:
    """A bar over what the device spoke of."""
    bars = []
    for mark in stretch.call_timeline.marks:
        if stretch.holds(mark.start, max(mark.end, mark.start + 0.01)):
            x = stretch.x(mark.start)
            width = max(stretch.x(mark.end) - x, 3.0)
            colour = CUE_COLOUR[mark.cue]
            bars.append(node("rect", x=x, y=0, width=width, height=4, rx=2, fill=colour))
    return bars


def _note(stretch: Stretch, words: Words, y: float) -> Element:
    """Words of the standard that were said, underlined as long as they lasted."""
    x = stretch.x(words.start)
    end = max(stretch.x(words.end), x + 2)
    left = min(x, RIGHT - _note_width(words))
    after = left + width_of(words.clause, 11) + 5
    return node(
        "g",
        node("title", f"{clock(words.start)} {words.clause} {words.text}"),
        node("path", d=f"M{x:.1f} {y + 14:.1f}H{end:.1f}", stroke=AGENT_COLOUR, opacity=0.5),
        text_at(left, y + 11, words.clause, 11, **HALO, fill=AGENT_COLOUR, font_weight="bold"),
        text_at(after, y + 11, words.text, 11, **HALO, fill=FAINT),
    )


def _flag_left(stretch: Stretch, mark: Mark) -> float:
    return min(stretch.x(mark.at), RIGHT - _flag_width(mark)) - 0.7


def _pole(stretch: Stretch, mark: Mark, y: float, foot: float) -> Element:
    """A line from what the device said, where it spoke, down to the light."""
    x = stretch.x(mark.at)
    # A pole that is not the sign's edge ends below its text.
    top = y + 4 if _flag_left(stretch, mark) > x - 1 else y + 20
    colour = CUE_COLOUR[mark.cue]
    return node("path", d=f"M{x:.1f} {top:.1f}V{foot:.1f}", stroke=colour, stroke_width=1.4)


def _flag(stretch: Stretch, mark: Mark, y: float) -> Element:
    """What the device said."""
    left = _flag_left(stretch, mark)
    sign, width = badge(left, y, mark.clause, CUE_COLOUR[mark.cue])
    return node(
        "g",
        node("title", f"{clock(mark.at)} {mark.clause} {mark.title}\n{mark.advice}"),
        sign,
        text_at(left + width + 6, y + 13.2, cut(mark.title, 12, _TITLE), **HALO),
    )
