"""How Findings are called in reports."""

from collections.abc import Mapping
from datetime import datetime

from firmware_py.core.messages import catalogue, message
from firmware_py.reports.shift import Found


def title_of(found: Found, titles: Mapping[str, str]) -> str:
    """What a Finding is about: the title of its clause, or of a site's own rule, or else its id."""
    return titles.get(found.clause) or titles.get(found.rule) or found.rule


def kind_word(kind: str, language: str = "zh") -> str:
    """A word for a kind of Finding; one that the catalogue does not know stands for itself."""
    key = f"found.{kind}"
    return message(key, language) if key in catalogue() else kind


def badge_text(found: Found) -> str:
    """Clause or rule, and how often, if more than once."""
    name = found.clause or found.rule
    return f"{name} ×{found.count}" if found.count > 1 else name


def zone(moment: datetime) -> str:
    """The zone in which a local moment is written, such as ``UTC+08:00``."""
    return f"UTC{moment.isoformat()[-6:]}"


def reason_word(reason: str, language: str = "zh") -> str:
    """Why an event is contested; a reason that the catalogue does not know stands for itself."""
    key = f"contest.{reason}"
    return message(key, language) if key in catalogue() else reason


def contested_line(reasons: Mapping[str, int], language: str = "zh") -> str:
    """How many events are contested, and why."""
    told = ", ".join(f"{reason_word(one, language)} {count}" for one, count in reasons.items())
    return message("report.contested", language, count=sum(reasons.values()), reasons=told)
