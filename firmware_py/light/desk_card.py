"""The card beside the desk light: every colour and rhythm, and what it means, in both languages.

It is drawn from the very patterns that the light shows, so the two cannot drift apart.
"""

import hashlib
from typing import Final
from xml.etree.ElementTree import Element

from firmware_py.core.messages import message
from firmware_py.core.problems import Fault
from firmware_py.drawing.html import node, page
from firmware_py.drawing.shapes import FAINT, INK, LINE, PAPER
from firmware_py.light.pattern import AMBER, CALM, IDENTIFY, RED, Pattern, fault_pattern
from firmware_py.light.scheduler import CHANGE_S

STYLE: Final = f"""
@page{{size:148mm 210mm;margin:0}}
*{{box-sizing:border-box;print-color-adjust:exact;-webkit-print-color-adjust:exact}}
body{{margin:0;width:148mm;height:209mm;padding:6mm 10mm 5mm;color:{INK};font-size:9.5pt;
line-height:1.3;display:flex;flex-direction:column;justify-content:space-between}}
h1{{font-size:18pt;margin:0;line-height:1.2}} h2{{font-size:11.5pt;margin:0}} p{{margin:.6mm 0 0}}
.en{{color:{FAINT};font-size:8pt}}
section{{padding:1.5mm 5mm;background:{PAPER};border-radius:3mm}}
.cue{{display:flex;gap:5mm;align-items:center}} .cue>div{{flex:1}}
.cue>span{{flex:none;text-align:center}} svg{{display:block;flex:none}}
ul{{list-style:none;margin:.8mm 0 0;padding:0}} li b{{width:4mm;font-size:12pt;flex:none}}
li{{display:flex;gap:4mm;align-items:center;padding:.45mm 0;border-top:.2mm solid {LINE}}}
footer{{display:flex;gap:8mm}}
"""
_SECONDS: Final = 6.0
"""How much of a rhythm is drawn."""
_WIDTH: Final = 140.0
_HEIGHT: Final = 40.0
_LOW: Final = 20.0
_STEPS: Final = 240


def desk_card() -> str:
    """Write the card as a page of A5; its title ends in a mark of what it shows."""
    body = [
        node("header", node("h1", message("card.title")), _english("div", "card.title")),
        *(_cue(pattern) for pattern in (CALM, AMBER, RED, IDENTIFY)),
        _faults(),
        node(
            "footer",
            node("div", *_lines("card.calmly", seconds=f"{CHANGE_S:g}")),
            node("div", *_lines("card.privacy")),
        ),
    ]
    mark = hashlib.sha256(page("", STYLE, *body).encode()).hexdigest()[:12]
    return page(f"DeskCue {mark}", STYLE, *body)


def _english(tag: str, key: str, **values: object) -> Element:
    return node(tag, message(key, "en", **values), class_="en", lang="en")


def _lines(key: str, **values: object) -> tuple[Element, Element]:
    return node("p", message(key, "zh", **values)), _english("p", key, **values)


def _cue(pattern: Pattern) -> Element:
    name = f"card.{pattern.name}"
    words = node("div", node("h2", message(name)), _english("div", name), *_lines(f"{name}_more"))
    drawn = node("span", _drawn(pattern))
    if pattern.rounds:
        rounds = [message("card.rhythm", each, rounds=pattern.rounds) for each in ("zh", "en")]
        drawn.append(node("span", " · ".join(rounds), class_="en"))
    return node("section", drawn, words, class_="cue")


def _faults() -> Element:
    rows = node("ul")
    for fault in Fault:
        key = f"card.fault_{fault.name.lower()}"
        words = node("div", message(key), _english("div", key))
        drawn = _drawn(fault_pattern(fault), height=_LOW)
        rows.append(node("li", node("b", str(fault.value)), drawn, words))
    head = node("div", node("h2", message("card.faults")), _english("div", "card.faults"))
    count = node("p", message("card.count") + " ", _english("span", "card.count"))
    return node("section", head, count, rows)


def _drawn(pattern: Pattern, height: float = _HEIGHT) -> Element:
    """Draw brightness over time, as a hill for every pulse."""
    base = height - 2
    points = []
    for step in range(_STEPS + 1):
        seconds = step * _SECONDS / _STEPS
        points.append(
            f"{step * _WIDTH / _STEPS:.1f} {base - (base - 2) * pattern.brightness(seconds):.1f}"
        )
    hill = f"M0 {base}L{'L'.join(points)}L{_WIDTH} {base}Z"
    line = node("path", d=f"M0 {base}H{_WIDTH}", stroke=LINE, stroke_width=2)
    colour = _paper(pattern)
    return node("svg", line, node("path", d=hill, fill=colour), width=_WIDTH, height=height)


def _paper(pattern: Pattern) -> str:
    """The light's colour as ink: eyes take light that is half as strong for more than half."""
    strongest = max(pattern.colour) or 1.0
    return "#" + "".join(f"{round(215 * (part / strongest) ** 0.6):02x}" for part in pattern.colour)
