"""Two voices over time: the agent upwards, the caller downwards."""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import numpy as np
import pytest

from firmware_py.drawing.shapes import AGENT_COLOUR, CALLER_COLOUR, LEFT, RIGHT
from firmware_py.reports.waveform import AXIS, HEIGHT, LANE, Stretch, voices
from tests.reports.samples import call_timeline


def drawn(colour: str, level: float = -25.0) -> list[Element]:
    """Paths of a voice in a call of 20 s: the whole curve, and the parts that are speech."""
    told = call_timeline(20, marks=())
    told = replace(told, level=np.full_like(told.level, level))
    picture = voices(Stretch(told, 0, 20, "zh"))
    (voice,) = (part for part in picture.iter("g") if part.get("fill") == colour)
    return list(voice)


def heights(path: Element) -> list[float]:
    return [float(y) for y in re.findall(r" (-?[\d.]+)", path.get("d", ""))]


def test_the_agent_rises_and_the_caller_falls_from_the_axis() -> None:
    agent, caller = heights(drawn(AGENT_COLOUR)[0]), heights(drawn(CALLER_COLOUR)[0])
    assert max(agent) == LANE
    assert 0 <= min(agent) < LANE
    assert min(caller) == LANE + AXIS
    assert LANE + AXIS < max(caller) <= HEIGHT


@pytest.mark.parametrize(("soft", "loud"), [(-60, -40), (-40, -20), (-100, -64)])
def test_louder_is_higher(soft: float, loud: float) -> None:
    assert min(heights(drawn(AGENT_COLOUR, loud)[0])) < min(heights(drawn(AGENT_COLOUR, soft)[0]))


def test_only_speech_is_drawn_strongly() -> None:
    strong = drawn(AGENT_COLOUR)[1].get("d", "")
    starts = [float(x) for x in re.findall(r"M([\d.]+)", strong)]
    per_second = (RIGHT - LEFT) / 20
    assert starts == pytest.approx([LEFT + s * per_second for s in (0, 8, 16)], abs=2)


def test_seconds_stand_where_they_are_and_beyond_an_edge_at_the_edge() -> None:
    stretch = Stretch(call_timeline(60), 30, 30, "zh")
    assert stretch.x(30) == LEFT
    assert stretch.x(45) == (LEFT + RIGHT) / 2
    assert (stretch.x(0), stretch.x(99)) == (LEFT, RIGHT)
    assert stretch.holds(29, 31)
    assert not stretch.holds(10, 30)
