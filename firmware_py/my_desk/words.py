"""Entries in plain words: what was measured, never what somebody feels."""

from collections.abc import Mapping

from firmware_py.core.messages import message
from firmware_py.drawing.shapes import clock
from firmware_py.my_desk.day import Entry
from firmware_py.reports.wording import kind_word, reason_word


def what(entry: Entry, titles: Mapping[str, str], language: str) -> str:
    """What an entry says, one line.

    Args:
        entry: of the day.
        titles: what clauses, and rules without one, are about.
        language: ``zh`` or ``en``.
    """
    data = entry.data
    if entry.is_call:
        lasted = max(float(data["duration_s"]), 0.1)
        return message(
            "my_desk.call",
            language,
            length=clock(lasted),
            talk=f"{data['talk_s'] / lasted:.0%}",
            listen=f"{data['listen_s'] / lasted:.0%}",
        )
    clause, rule = data["clause"] or "", data["rule"]
    title = titles.get(clause) or titles.get(rule) or rule
    return message(
        "my_desk.finding",
        language,
        kind=kind_word(data["kind"], language),
        clause=f"{clause} {title}".strip(),
        light=message(f"my_desk.light_{data['cue']}", language),
        seconds=f"{data['duration_s']:.1f}",
    )


def where(entry: Entry, language: str) -> str:
    """Where an entry is, and whether it is contested."""
    place = message(f"my_desk.{entry.where}", language)
    if not entry.reason:
        return place
    said = message("my_desk.contested", language, reason=reason_word(entry.reason, language))
    return f"{place} · {said}"
