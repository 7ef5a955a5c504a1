"""Shows a shift as one HTML page: numbers, bars by clause and by hour, and every call."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from firmware_py.core.messages import message
from firmware_py.core.types import Cue
from firmware_py.drawing.html import node, page
from firmware_py.drawing.shapes import (
    AGENT_COLOUR,
    BOTH_COLOUR,
    CALLER_COLOUR,
    CUE_COLOUR,
    FAINT,
    INK,
    LINE,
    PAPER,
    clock,
)
from firmware_py.reports.shift import Call, Found, Shift, by_clause
from firmware_py.reports.shift_bars import by_hour, count_bar, share_bar
from firmware_py.reports.wording import badge_text, kind_word, title_of, zone

STYLE: Final = f"""
body{{margin:0 auto;max-width:1080px;padding:28px 24px;color:{INK};line-height:1.5}}
h1{{font-size:26px;margin:0}} h2{{font-size:17px;margin:36px 0 8px}}
p{{margin:2px 0 0;color:{FAINT}}}
.numbers{{display:flex;flex-wrap:wrap;gap:12px;margin-top:20px}}
.numbers div{{background:{PAPER};border-radius:10px;padding:12px 16px;flex:1 0 96px}}
.numbers b{{display:block;font-size:26px;line-height:1.25;font-variant-numeric:tabular-nums}}
.numbers span{{color:{FAINT};font-size:13px}}
table{{border-collapse:collapse;width:100%;font-size:14px}}
th{{text-align:left;font-weight:normal;white-space:nowrap;color:{FAINT}}}
th{{border-bottom:2px solid {LINE}}}
th,td{{padding:6px 12px 6px 0}} .wide td:last-child{{min-width:120px}}
td{{border-bottom:1px solid {LINE}}}
th.number,td.number{{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}}
b.clause{{color:#fff;border-radius:4px;padding:1px 6px;font-size:12px;margin-right:4px;
white-space:nowrap;display:inline-block}}
.legend{{font-size:12px;margin-bottom:8px}} .legend span{{margin:0 16px 0 6px}}
.legend i{{display:inline-block;width:10px;height:10px;border-radius:2px}}
.wide{{overflow-x:auto}} svg{{display:block;max-width:100%}} svg[role]{{height:auto}}
*{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
@page{{size:A4;margin:14mm}} @media print{{body{{padding:0;max-width:none}}
tr,.numbers,svg{{break-inside:avoid}}}}
"""
_NUMBERS: Final = ("count", "length", "talk", "listen", "pace")
_TALK: Final = (
    ("agent", AGENT_COLOUR),
    ("both", BOTH_COLOUR),
    ("caller", CALLER_COLOUR),
    ("quiet", LINE),
)
_ORDER: Final = (Cue.NONE, Cue.AMBER, Cue.RED)

Titles = Mapping[str, str]
"""Id of a clause or rule -> what it is about."""


def report_page(reported: Sequence[Shift], titles: Titles, desk: str, language: str = "zh") -> str:
    """Show shifts as one page that needs nothing but itself."""
    sections = [_section(shift, titles, desk, language) for shift in reported]
    return page(message("report.title", language), STYLE, *sections, language=language)


def _section(shift: Shift, titles: Titles, desk: str, language: str) -> Element:
    when = f"{shift.began:%Y-%m-%d %H:%M} – {shift.ended:%H:%M} {zone(shift.began)} · {desk}"
    section = node(
        "section",
        node("h1", message("report.title", language)),
        node("p", when),
        _numbers(shift, language),
        node("h2", message("report.by_clause", language)),
        _legend([(f"look.{cue}", CUE_COLOUR[cue]) for cue in reversed(_ORDER)], language),
        _by_clause(shift.found, titles, language),
    )
    if len(shift.hours) > 1:
        section.append(node("h2", message("report.by_hour", language)))
        section.append(by_hour(shift.hours))
    section.append(node("h2", message("report.by_call", language)))
    section.append(_legend([(f"look.{name}", colour) for name, colour in _TALK], language))
    section.append(_by_call(shift.calls, titles, language))
    return section


def _legend(entries: Iterable[tuple[str, str]], language: str) -> Element:
    legend = node("p", class_="legend")
    for key, colour in entries:
        legend.append(node("i", style=f"background:{colour}"))
        legend.append(node("span", message(key, language)))
    return legend


def _numbers(shift: Shift, language: str) -> Element:
    spent, red = shift.spent, sum(one.count for one in shift.found if one.cue is Cue.RED)
    shown = [
        ("calls", str(len(shift.calls))),
        ("found", str(sum(one.count for one in shift.found))),
        ("red", str(red)),
        ("on_calls", clock(spent.seconds)),
        ("talk", f"{spent.talk:.0%}"),
        ("listen", f"{spent.listen:.0%}"),
    ]
    if shift.pace is not None:
        shown.append(("pace", f"{shift.pace:.1f}"))
    cells = [
        node("div", node("b", value), node("span", message(f"report.{name}", language)))
        for name, value in shown
    ]
    return node("div", *cells, class_="numbers")


def _table(names: Iterable[str], rows: Iterable[Element], language: str) -> Element:
    head = [
        node(
            "th",
            message(f"report.{name}", language) if name else "",
            class_="number" if name in _NUMBERS else "text",
        )
        for name in names
    ]
    return node("table", node("thead", node("tr", *head)), node("tbody", *rows))


def _by_clause(found: Sequence[Found], titles: Titles, language: str) -> Element:
    if not found:
        return node("p", message("look.nothing", language))
    together = by_clause(found)
    most = max(one.count for one in together)
    rows = [
        node(
            "tr",
            node("td", _badge(one, one.clause or one.rule)),
            node("td", title_of(one, titles)),
            node("td", kind_word(one.kind, language)),
            node("td", count_bar(one, most)),
            node("td", str(one.count), class_="number"),
        )
        for one in together
    ]
    return _table(("clause", "what", "kind", "", "count"), rows, language)


def _badge(found: Found, text: str, **attributes: str) -> Element:
    colour = f"background:{CUE_COLOUR[found.cue]}"
    return node("b", text, class_="clause", style=colour, **attributes)


def _by_call(calls: Sequence[Call], titles: Titles, language: str) -> Element:
    if not calls:
        return node("p", message("report.no_calls", language))
    names = ("began", "profile", "length", "shares", "talk", "listen", "pace", "found")
    rows = [_call(call, titles, language) for call in calls]
    return node("div", _table(names, rows, language), class_="wide")


def _call(call: Call, titles: Titles, language: str) -> Element:
    spent = call.spent
    found = [
        _badge(one, badge_text(one), title=title_of(one, titles)) for one in by_clause(call.found)
    ]
    return node(
        "tr",
        node("td", f"{call.began:%H:%M:%S}", title=call.id),
        node("td", call.profile),
        node("td", clock(spent.seconds) if spent else "–", class_="number"),
        node("td", share_bar(spent, language) if spent else message("report.open", language)),
        node("td", f"{spent.talk:.0%}" if spent else "–", class_="number"),
        node("td", f"{spent.listen:.0%}" if spent else "–", class_="number"),
        node("td", "–" if call.pace is None else f"{call.pace:.1f}", class_="number"),
        node("td", *found) if found else node("td", "–"),
    )
