"""Shows a shift on the terminal."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.markup import escape
from rich.table import Table

from firmware_py.core.console import Console
from firmware_py.core.messages import message
from firmware_py.core.types import Cue
from firmware_py.drawing.shapes import clock
from firmware_py.reports.shift import Call, Found, Shift, by_clause
from firmware_py.reports.wording import badge_text, contested_line, kind_word, title_of, zone

_COLOUR: Final = {Cue.RED: "red", Cue.AMBER: "yellow", Cue.NONE: "bright_black"}
_BAR: Final = 16


def print_shift(shift: Shift, titles: Mapping[str, str], language: str = "zh") -> None:
    """Print what was found by clause, and every call."""
    console, spent = Console(), shift.spent
    console.print(
        f"[bold]{shift.began:%Y-%m-%d %H:%M} – {shift.ended:%H:%M}[/bold] {zone(shift.began)}"
    )
    console.print(
        message(
            "report.line",
            language,
            calls=len(shift.calls),
            found=sum(one.count for one in shift.found),
            seconds=clock(spent.seconds),
            talk=f"{spent.talk:.0%}",
            listen=f"{spent.listen:.0%}",
        ),
        highlight=False,
    )
    if shift.contested:
        console.print(contested_line(shift.contested, language), highlight=False)
    if shift.found:
        console.print(clause_table(shift.found, titles, language))
    else:
        console.print(message("look.nothing", language))
    if shift.calls:
        console.print(_call_table(shift.calls, language))


def _head(names: Sequence[str], language: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bright_black")
    for name in names:
        numeric = name in ("count", "length", "talk", "listen", "pace")
        table.add_column(
            message(f"report.{name}", language) if name else "",
            justify="right" if numeric else "left",
            no_wrap=numeric,
        )
    return table


def clause_table(found: Sequence[Found], titles: Mapping[str, str], language: str) -> Table:
    """Make a table of what was found, by clause, the gravest first."""
    table = _head(("clause", "what", "kind", "", "count"), language)
    rows = by_clause(found)
    most = max(one.count for one in rows)
    for one in rows:
        colour = _COLOUR[one.cue]
        table.add_row(
            f"[{colour}]●[/{colour}] {escape(one.clause or '-')}",
            escape(title_of(one, titles)),
            kind_word(one.kind, language),
            f"[{colour}]{'█' * max(1, round(_BAR * one.count / most))}[/{colour}]",
            str(one.count),
        )
    return table


def _call_table(calls: Sequence[Call], language: str) -> Table:
    table = _head(("began", "profile", "length", "talk", "listen", "pace", "found"), language)
    for call in calls:
        spent = call.spent
        table.add_row(
            f"{call.began:%H:%M:%S}",
            escape(call.profile),
            clock(spent.seconds) if spent else message("report.open", language),
            f"{spent.talk:.0%}" if spent else "–",
            f"{spent.listen:.0%}" if spent else "–",
            "–" if call.pace is None else f"{call.pace:.1f}",
            " ".join(
                f"[{_COLOUR[one.cue]}]{escape(badge_text(one))}[/{_COLOUR[one.cue]}]"
                for one in by_clause(call.found)
            ),
        )
    return table
