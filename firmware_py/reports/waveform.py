"""Draws a stretch of both voices: the agent upwards, the caller downwards, time between them."""

import math
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

import numpy as np

from firmware_py.core.messages import message
from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, FloatArray
from firmware_py.drawing.html import node
from firmware_py.drawing.shapes import (
    AGENT_COLOUR,
    CALLER_COLOUR,
    FAINT,
    HALO,
    LEFT,
    PAPER,
    RIGHT,
    clock,
    text_at,
)
from firmware_py.reports.call_timeline import CallTimeline, runs

LANE: Final = 58
"""Height of a voice."""
AXIS: Final = 20
"""Height between the voices, where the seconds stand."""
HEIGHT: Final = 2 * LANE + AXIS
"""Height of both."""
_TICKS: Final = 6
_QUIETEST: Final = -65.0
_LOUDEST: Final = -10.0
_PIXELS_PER_POINT: Final = 1.5


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a story that one row shows."""

    call_timeline: CallTimeline
    start: float
    """Second at its left edge."""
    seconds: float
    """From its left to its right edge."""
    language: str

    def x(self, second: float) -> float:
        """Where a second stands, at an edge if it lies beyond."""
        part = min(max((second - self.start) / self.seconds, 0.0), 1.0)
        return LEFT + part * (RIGHT - LEFT)

    @property
    def end_x(self) -> float:
        """Where the call ends, if it does in this stretch; else the right edge."""
        return self.x(self.call_timeline.seconds)

    @property
    def hops(self) -> slice:
        """Its hops."""
        first = round(self.start * HOPS_PER_SECOND)
        return slice(first, first + round(self.seconds * HOPS_PER_SECOND))

    def holds(self, start: float, end: float) -> bool:
        """Whether something that lasted so long shows in it."""
        return start < self.start + self.seconds and end > self.start


def voices(stretch: Stretch) -> Element:
    """Draw both voices, ``HEIGHT`` pixels high from y = 0."""
    low = LANE + AXIS
    lane = {"x": LEFT, "width": stretch.end_x - LEFT, "height": LANE, "fill": PAPER}
    return node(
        "g",
        node("rect", y=0, **lane),
        node("rect", y=low, **lane),
        _talk_over(stretch),
        _voice(stretch, AGENT, LANE, -1),
        _voice(stretch, CALLER, low, 1),
        _lines(stretch),
        _name(stretch, "agent", LANE / 2 + 5, AGENT_COLOUR),
        _name(stretch, "caller", low + LANE / 2 + 5, CALLER_COLOUR),
    )


def _name(stretch: Stretch, name: str, y: float, colour: str) -> Element:
    text = message(f"look.{name}", stretch.language)
    return text_at(LEFT - 12, y, text, 13, fill=colour, text_anchor="end")


def seconds(stretch: Stretch) -> Element:
    """Write the time between the lanes, readable over whatever crosses it."""
    marks = {"fill": FAINT, "text_anchor": "middle", **HALO}
    texts = ((stretch.x(second), clock(second)) for second in _ticks(stretch))
    return node("g", *(text_at(x, LANE + 14, text, 11, **marks) for x, text in texts))


def _lines(stretch: Stretch) -> Element:
    places = (stretch.x(second) for second in _ticks(stretch))
    faint = {"stroke": "#ffffff", "opacity": 0.6}
    return node("g", *(node("path", d=f"M{x:.1f} 0V{HEIGHT}", **faint) for x in places))


def _ticks(stretch: Stretch) -> list[float]:
    """Seconds at which the time stands."""
    every = stretch.seconds / _TICKS
    ticks = (stretch.start + number * every for number in range(_TICKS + 1))
    return [second for second in ticks if second <= stretch.call_timeline.seconds]


def _talk_over(stretch: Stretch) -> Element:
    """Hatch where both speak."""
    drawn = node("g", fill="url(#both)", opacity=0.5)
    first_hop = stretch.hops.start
    both = stretch.call_timeline.speaking[stretch.hops]
    for first, last in runs(np.asarray(both.all(axis=1))):
        x = stretch.x((first_hop + first) / HOPS_PER_SECOND)
        width = stretch.x((first_hop + last) / HOPS_PER_SECOND) - x
        drawn.append(node("rect", x=x, y=0, width=max(width, 1.0), height=HEIGHT))
    return drawn


def _voice(stretch: Stretch, side: int, base: int, up: int) -> Element:
    """Level as a filled curve over a base line, strong where the side speaks."""
    level = stretch.call_timeline.level[stretch.hops, side]
    speaking = stretch.call_timeline.speaking[stretch.hops, side]
    per_second = (RIGHT - LEFT) / stretch.seconds / _PIXELS_PER_POINT
    step = max(1, math.ceil(HOPS_PER_SECOND / per_second))
    height = _heights(level, step)
    points = [
        (stretch.x((stretch.hops.start + index * step) / HOPS_PER_SECOND), base + up * float(h))
        for index, h in enumerate(height)
    ]
    padded = np.pad(speaking, (0, -len(speaking) % step)).reshape(-1, step)
    spoken = runs(np.asarray(padded.any(axis=1)))
    strong = "".join(_area(points[first : last + 1], base) for first, last in spoken)
    return node(
        "g",
        node("path", d=_area(points, base), opacity=0.22),
        node("path", d=strong),
        fill=AGENT_COLOUR if side == AGENT else CALLER_COLOUR,
    )


def _area(points: list[tuple[float, float]], base: int) -> str:
    """Path of the area between points and a base line."""
    if not points:
        return ""
    top = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f"M{points[0][0]:.1f} {base}L{top}L{points[-1][0]:.1f} {base}Z"


def _heights(level: FloatArray, step: int) -> FloatArray:
    """Loudest level of every ``step`` hops, as pixels over the base line."""
    padded = np.pad(level, (0, -len(level) % step), constant_values=_QUIETEST)
    loudest = padded.reshape(-1, step).max(axis=1)
    part = np.clip((loudest - _QUIETEST) / (_LOUDEST - _QUIETEST), 0.0, 1.0)
    return np.asarray(1.0 + part * (LANE - 4), np.float32)
