"""What a replay heard in a recording, for programs and for people."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.markup import escape
from rich.table import Table

from firmware_py.core.console import Console
from firmware_py.core.messages import message
from firmware_py.core.terminal import print_json, shown
from firmware_py.core.types import Cue, Finding
from firmware_py.reports.wording import kind_word

LIGHT: Final = {Cue.RED: "[red]●[/red]", Cue.AMBER: "[yellow]●[/yellow]", Cue.NONE: ""}


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording, heard to its end."""

    path: Path
    findings: tuple[Finding, ...]
    seconds: float
    cpu_seconds: float
    talk_share: float
    """Share of the time in which the agent speaks."""
    listen_share: float
    """Share of the time in which the caller speaks."""


def print_finding(path: Path, finding: Finding) -> None:
    """Write one Finding as a line of JSON."""
    print_json(
        {
            "type": "finding",
            "file": shown(str(path)),
            "at": round(finding.at, 3),
            "start": round(finding.start, 3),
            "end": round(finding.end, 3),
            "rule": finding.rule,
            "clause": finding.clause,
            "kind": finding.kind,
            "cue": str(finding.cue),
            "score": round(finding.score, 4),
            "advice": finding.advice,
        }
    )


def print_summary(heard: Heard) -> None:
    """Write what a recording comes to as a line of JSON."""
    print_json(
        {
            "type": "summary",
            "file": shown(str(heard.path)),
            "seconds": round(heard.seconds, 3),
            "cpu_seconds": round(heard.cpu_seconds, 4),
            "talk_share": round(heard.talk_share, 4),
            "listen_share": round(heard.listen_share, 4),
            "counts": dict(sorted(Counter(one.kind for one in heard.findings).items())),
        }
    )


def print_table(heard: Heard, language: str) -> None:
    """Show a recording's Findings to people, and how its time was spent."""
    console, file = Console(), shown(str(heard.path))
    names = ("look.time", "look.clause", "report.kind", "look.rule", "look.cue", "look.advice")
    table = Table(
        *(message(name, language) for name in names), title=escape(shown(str(heard.path)))
    )
    for one in heard.findings:
        table.add_row(
            f"{int(one.at) // 60}:{one.at % 60:04.1f}",
            one.clause or "",
            kind_word(one.kind, language),
            one.rule,
            LIGHT[one.cue],
            escape(one.advice),
        )
    if heard.findings:
        console.print(table)
    text = message(
        "look.heard",
        language,
        file=file,
        seconds=f"{heard.seconds:.1f}",
        found=len(heard.findings),
        talk=f"{heard.talk_share:.0%}",
        listen=f"{heard.listen_share:.0%}",
        cpu=f"{heard.cpu_seconds:.2f}",
    )
    console.print(escape(text), highlight=False)
