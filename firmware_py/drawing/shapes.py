"""Colours, texts and labels that drawings have in common."""

import math
from collections.abc import Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element

from firmware_py.core.types import Cue
from firmware_py.drawing.html import node

WIDTH: Final = 1280
"""Pixels of a drawing."""
LEFT: Final = 84
"""Where time begins."""
RIGHT: Final = WIDTH - 28
"""Where time ends."""

INK: Final = "#1f2933"
FAINT: Final = "#6b7785"
LINE: Final = "#e4e7eb"
PAPER: Final = "#f5f7fa"
AGENT_COLOUR: Final = "#2f6fb0"
CALLER_COLOUR: Final = "#3d8f7a"
BOTH_COLOUR: Final = "#8a4f9e"
CUE_COLOUR: Final = {Cue.RED: "#d03a3a", Cue.AMBER: "#e59a0c", Cue.NONE: "#8894a2"}

HALO: Final[dict[str, Any]] = {"stroke": "#ffffff", "stroke_width": 3, "paint_order": "stroke"}
"""Keeps a text readable where a line runs behind it."""


def clock(seconds: float) -> str:
    """Minutes and seconds, such as ``1:05``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def width_of(text: str, size: float) -> float:
    """Width of a text as far as it can be known without its font: hanzi are square."""
    return size * sum(1.0 if ord(letter) > 0x2E7F else 0.53 for letter in text)


def cut(text: str, size: float, width: float) -> str:
    """Text that fits, with an ellipsis if it had to be cut."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text, size) + size > width:
        text = text[:-1]
    return text + "…"


def text_at(x: float, y: float, text: str, size: float = 12, **attributes: object) -> Element:
    """A text on its base line."""
    return node("text", text, x=x, y=y, font_size=size, **{"fill": INK, **attributes})


def badge(x: float, y: float, text: str, colour: str) -> tuple[Element, float]:
    """A clause's id on a colour, 18 pixels high; returns its width too."""
    width = width_of(text, 12) + 12
    box = node("rect", x=x, y=y, width=width, height=18, rx=4, fill=colour)
    sign = text_at(
        x + width / 2, y + 13.2, text, fill="#ffffff", font_weight="bold", text_anchor="middle"
    )
    return node("g", box, sign), width


def place(wanted: Sequence[tuple[float, float]], most: int) -> list[int]:
    """Give each label, (x, width), the first track where it covers none; -1: there is no room."""
    ends = [-math.inf] * most
    tracks = []
    for x, width in wanted:
        left = min(x, RIGHT - width)
        track = next((number for number, end in enumerate(ends) if end <= left), -1)
        if track >= 0:
            ends[track] = left + width
        tracks.append(track)
    return tracks
