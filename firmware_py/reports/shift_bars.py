"""The bars of a report, as SVG."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from xml.etree.ElementTree import Element

from firmware_py.core.messages import message
from firmware_py.core.types import Cue
from firmware_py.drawing.html import node
from firmware_py.drawing.shapes import (
    AGENT_COLOUR,
    BOTH_COLOUR,
    CALLER_COLOUR,
    CUE_COLOUR,
    FAINT,
    LINE,
    text_at,
)
from firmware_py.reports.shift import Found, Spent

_BAR: Final = 280.0
_SHARE: Final = 180.0
_CHART: Final = 1030.0
_HOUR: Final = timedelta(hours=1)
_ORDER: Final = (Cue.NONE, Cue.AMBER, Cue.RED)


def count_bar(found: Found, most: int) -> Element:
    """Draw how often something was found, against what was found most often."""
    width = max(3.0, _BAR * found.count / most)
    bar = node("rect", width=width, height=12, rx=3, fill=CUE_COLOUR[found.cue])
    return node("svg", bar, **_shrinking(_BAR))


def by_hour(hours: Mapping[datetime, Mapping[Cue, int]]) -> Element:
    """Draw the Findings of every hour of the clock, by what the light said."""
    first, last = min(hours), max(hours)
    shown = [first + timedelta(hours=n) for n in range(round((last - first) / _HOUR) + 1)]
    most = max(sum(counts.values()) for counts in hours.values())
    step = min(90.0, _CHART / len(shown))
    width = step * len(shown)
    drawn = node("svg", width=width, height=150, viewBox=f"0 0 {width:.1f} 150", role="img")
    for number, hour in enumerate(shown):
        counts, x, y = hours.get(hour, {}), number * step, 124.0
        for cue in _ORDER:
            height = 100.0 * counts.get(cue, 0) / most
            y -= height
            bar = node("rect", x=x + step * 0.15, y=y, width=step * 0.7, height=height)
            bar.set("fill", CUE_COLOUR[cue])
            drawn.append(bar)
        total, middle = sum(counts.values()), x + step / 2
        if total:
            drawn.append(text_at(middle, y - 6, str(total), text_anchor="middle"))
        drawn.append(text_at(middle, 142, f"{hour:%H}", fill=FAINT, text_anchor="middle"))
    drawn.append(node("path", d=f"M0 124.5H{width:.1f}", stroke=LINE))
    return drawn


def share_bar(spent: Spent, language: str) -> Element:
    """Draw how the call's time was spent."""
    drawn = node("svg", **_shrinking(_SHARE))
    drawn.append(node("rect", width=_SHARE, height=12, rx=3, fill=LINE))
    x = 0.0
    for name, part, colour in (
        ("agent", spent.talk - spent.both, AGENT_COLOUR),
        ("both", spent.both, BOTH_COLOUR),
        ("caller", spent.listen - spent.both, CALLER_COLOUR),
    ):
        bar = node("rect", x=x, width=max(0.0, part) * _SHARE, height=12, fill=colour)
        bar.append(node("title", f"{message(f'look.{name}', language)} {part:.0%}"))
        drawn.append(bar)
        x += part * _SHARE
    return drawn


def _shrinking(width: float) -> dict[str, Any]:
    """Attributes of a bar that becomes shorter, not cut, where the page is narrow."""
    return {
        "width": width,
        "height": 12,
        "viewBox": f"0 0 {width:.0f} 12",
        "preserveAspectRatio": "none",
    }
