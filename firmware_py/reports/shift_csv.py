"""Writes shifts as comma-separated values, for machines: the same in every language."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, TextIO

from firmware_py.reports.shift import Call, Found, Shift
from firmware_py.reports.wording import zone

COLUMNS: Final = (
    *(
        "shift",
        "zone",
        "call",
        "began",
        "profile",
        "seconds",
        "talk_s",
        "listen_s",
        "both_s",
        "hold_s",
        "pace",
    ),
    *("clause", "rule", "kind", "cue", "count"),
)
_TIME: Final = "%Y-%m-%d %H:%M:%S"
"""As spreadsheets read a time."""


def write_csv(reported: Sequence[Shift], to: TextIO) -> None:
    """Write a line for each call and rule; what was found between calls has no call.

    Times are local, and the column ``zone`` names the zone.
    """
    lines = csv.writer(to, lineterminator="\n")
    lines.writerow(COLUMNS)
    for shift in reported:
        for call in shift.calls:
            head = (*_when(shift), *_call_cells(call))
            for one in call.found or (None,):
                lines.writerow([*head, *_found_cells(one)])
        inside = [one for call in shift.calls for one in call.found]
        for one in _between(shift.found, inside):
            blank = [""] * (len(COLUMNS) - 7)
            lines.writerow([*_when(shift), *blank, *_found_cells(one)])


def _when(shift: Shift) -> tuple[str, str]:
    return f"{shift.began:{_TIME}}", zone(shift.began)


def _call_cells(call: Call) -> list[object]:
    spent = call.spent
    times = (
        [spent.seconds, spent.talk_s, spent.listen_s, spent.both_s, spent.hold_s]
        if spent
        else [""] * 5
    )
    return [
        call.id,
        f"{call.began:{_TIME}}",
        call.profile,
        *times,
        "" if call.pace is None else call.pace,
    ]


def _found_cells(found: Found | None) -> list[object]:
    if found is None:
        return ["", "", "", "", 0]
    return [found.clause, found.rule, found.kind, str(found.cue), found.count]


def _between(everything: Sequence[Found], inside: Sequence[Found]) -> Iterator[Found]:
    """What was found outside of calls."""
    for one in everything:
        count = one.count - sum(i.count for i in inside if (i.rule, i.cue) == (one.rule, one.cue))
        if count > 0:
            yield replace(one, count=count)
