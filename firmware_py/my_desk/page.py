"""The page on the desk itself: one page without a script, made anew for each request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from firmware_py.contract.contest import ContestReason
from firmware_py.core.messages import message
from firmware_py.drawing.html import node, page
from firmware_py.my_desk.day import Entry
from firmware_py.my_desk.words import what, where
from firmware_py.reports.wording import reason_word
from firmware_py.settings.config import LightOnly

_STYLE: Final = """
:root{color-scheme:light dark;--said:#555;--trouble:#a00}
@media(prefers-color-scheme:dark){:root{--said:#b0b0b0;--trouble:#ff9a9a}}
main{max-width:60rem;margin:1rem auto;padding:0 1rem;line-height:1.5}
li{display:flex;flex-wrap:wrap;gap:.3rem 1rem;padding:.4rem 0;border-bottom:1px solid #8884}
ul{padding:0}time{font-variant-numeric:tabular-nums}li>span:first-of-type{flex:1 1 24rem}
.said{color:var(--said)}.trouble{color:var(--trouble)}form{display:inline}nav{display:flex;gap:1rem}
"""
_OTHER: Final = {"zh": "en", "en": "zh"}


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows."""

    desk: str
    day: date
    language: str
    entries: Sequence[Entry]
    titles: Mapping[str, str]
    setting: LightOnly
    light_only: bool
    token: str
    """Proves that a form came from this page."""
    trouble: str = ""
    """What went wrong with the last request, one line."""


def desk_page(view: View) -> str:
    """Write the page."""
    say, lang = message, view.language
    entries = [_entry(one, view) for one in view.entries]
    body = node(
        "main",
        node("h1", say("my_desk.title", lang)),
        *([node("p", view.trouble, role="alert", class_="trouble")] if view.trouble else []),
        node("p", say("my_desk.day", lang, desk=view.desk, day=view.day)),
        _links(view),
        _light_only(view),
        node("ul", *entries) if entries else node("p", say("my_desk.nothing", lang)),
        node("p", say("my_desk.how", lang)),
        node("p", say("my_desk.besides", lang)),
    )
    return page(say("my_desk.title", lang), _STYLE, body, language=lang)


def address(day: date, language: str) -> str:
    """Path of a day's page."""
    return "/?" + urlencode({"day": day.isoformat(), "lang": language})


def _links(view: View) -> Element:
    step, lang = timedelta(days=1), view.language
    return node(
        "nav",
        node("a", message("my_desk.before", lang), href=address(view.day - step, lang)),
        node("a", message("my_desk.after", lang), href=address(view.day + step, lang)),
        node("a", message("my_desk.other_language", lang), href=address(view.day, _OTHER[lang])),
    )


def _light_only(view: View) -> Element:
    key = "on" if view.light_only else "off"
    made = node("p", message(f"my_desk.light_only_{key}", view.language), " ")
    if view.setting is not LightOnly.GRANTED:
        made.append(node("span", message("my_desk.site_decides", view.language)))
        return made
    wanted = "off" if view.light_only else "on"
    button = node("button", message(f"my_desk.switch_{wanted}", view.language))
    made.append(_form(view, "/light-only", {"want": wanted}, button))
    return made


def _entry(entry: Entry, view: View) -> Element:
    made = node(
        "li",
        node("time", f"{entry.at:%H:%M:%S}", datetime=entry.at.isoformat()),
        node("span", what(entry, view.titles, view.language)),
        node("span", where(entry, view.language), class_="said"),
    )
    if not (entry.is_call or entry.reason):
        made.append(_form(view, "/contest", {"event": entry.id}, *_reasons(view)))
    return made


def _reasons(view: View) -> tuple[Element, Element]:
    options = [node("option", reason_word(one, view.language), value=one) for one in ContestReason]
    label = message("my_desk.why", view.language)
    chosen = node("select", *options, name="reason", aria_label=label)
    return chosen, node("button", message("my_desk.contest", view.language))


def _form(view: View, action: str, values: Mapping[str, str], *inside: Element) -> Element:
    told = {**values, "token": view.token, "day": view.day.isoformat(), "lang": view.language}
    hidden = [node("input", type="hidden", name=name, value=value) for name, value in told.items()]
    return node("form", *hidden, *inside, method="post", action=action)
