"""What a soak measured: figures for the page of measurements, and a picture."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final, Unpack
from xml.etree.ElementTree import Element

from firmware_py.drawing.html import FONTS, add, as_svg, node
from firmware_py.drawing.shapes import AGENT_COLOUR, FAINT, LINE, text_at
from lab.results import Result, at_most
from lab.results.result import Words
from lab.shift import EVERY_S

WARM: Final = 3
"""Measurements at the start that do not count: buffers fill, the runtime settles."""


@dataclass(frozen=True)
class Measure:
    """What the hearing process says of itself."""

    hours: float
    """Of sound heard so far."""
    memory_mb: float
    """Resident."""
    objects: int
    """Python objects that the garbage collector knows."""
    cpu_ms: float
    """Per second of sound, since the last measurement."""
    findings: int
    """So far."""


def figures(measures: list[Measure]) -> Iterator[Result]:
    """How the last hours compare with the first; every hour's memory; CPU."""
    early, late = thirds(measures)
    grown = median(one.memory_mb for one in late) - median(one.memory_mb for one in early)
    title = "Median memory of the last third over that of the first"
    yield _figure("memory.grown", title, grown, "MB", target=at_most(2))
    each = round(3600 / EVERY_S)
    for one in measures[each - 1 :: each] or measures[-1:]:
        yield _figure(
            f"memory.hour_{one.hours:g}",
            "Resident memory",
            one.memory_mb,
            "MB",
            conditions=f"after {one.hours:g} h",
            remarks=f"{one.objects} Python objects, {one.findings} findings so far",
        )
    costs = [one.cpu_ms for one in measures]
    yield _figure("cpu.least", "CPU per second of sound, least", min(costs), "ms")
    yield _figure("cpu.most", "CPU per second of sound, most", max(costs), "ms")


def _figure(name: str, title: str, value: float, unit: str, **words: Unpack[Words]) -> Result:
    return Result(
        id=f"endurance.{name}",
        question="endurance",
        title=title,
        value=value,
        unit=unit,
        **words,
    )


def thirds(measures: list[Measure]) -> tuple[list[Measure], list[Measure]]:
    """The first and the last third of what was measured once warm."""
    warm = measures[WARM:] or measures
    length = max(1, len(warm) // 3)
    return warm[:length], warm[-length:]


def draw(measures: list[Measure]) -> str:
    """Two curves over the hours, as SVG."""
    picture = node(
        "svg",
        node("rect", width=900, height=460, fill="#ffffff"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox="0 0 900 460",
        font_family=FONTS,
    )
    hours = [one.hours for one in measures]
    curves = (
        ("Resident memory, MB", [one.memory_mb for one in measures]),
        ("CPU, ms per second of sound", [one.cpu_ms for one in measures]),
    )
    for number, (title, values) in enumerate(curves):
        add(picture, *curve(title, hours, values, 50 + 215 * number))
    add(picture, text_at(450, 448, "hours of sound", fill=FAINT, text_anchor="middle"))
    return as_svg(picture)


def curve(title: str, hours: list[float], values: list[float], top: int) -> Iterator[Element]:
    """One panel, from zero up to a round number over the highest value."""
    left, width, height, most = 70, 800, 140, 3 * _step(max(values) / 3)
    yield text_at(left, top - 12, title, font_weight="bold")
    for part in range(4):
        y = top + height * (1 - part / 3)
        yield node("line", x1=left, x2=left + width, y1=y, y2=y, stroke=LINE)
        label = f"{most * part / 3:g}"
        yield text_at(left - 8, y + 4, label, fill=FAINT, text_anchor="end")
    for hour in range(int(hours[-1]) + 1):
        x = left + width * hour / hours[-1]
        yield text_at(x, top + height + 16, str(hour), fill=FAINT, text_anchor="middle")
    dots = (
        f"{left + width * hour / hours[-1]:.1f},{top + height * (1 - value / most):.1f}"
        for hour, value in zip(hours, values, strict=True)
    )
    shape = {"fill": "none", "stroke": AGENT_COLOUR, "stroke_width": 2}
    yield node("polyline", points=" ".join(dots), **shape)


def _step(least: float) -> float:
    """Next round number."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= least)
