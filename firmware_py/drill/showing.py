"""Shows a drill on the terminal."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from firmware_py.core.console import Console
from firmware_py.core.messages import message
from firmware_py.drill.result import Result
from firmware_py.drill.scores import Score, Scores
from firmware_py.drill.situation import Situation

_LAST = 8
"""Scores that are shown."""
_BARS = "▁▂▃▄▅▆▇█"


class Board:
    """Where the agent reads."""

    def __init__(self, console: Console, language: str) -> None:
        """Write to this console."""
        self._console, self._language = console, language

    def _say(self, key: str, style: str = "", **values: object) -> None:
        text = escape(message(f"drill.{key}", self._language, **values))
        styled = f"[{style}]{text}[/{style}]" if style else text
        self._console.print(styled, highlight=False, soft_wrap=True)

    def list(self, known: Iterable[Situation], scores: Scores) -> None:
        """Show what can be practised, and how it went."""
        table = Table(box=None, padding=(0, 3, 0, 0), header_style="bright_black")
        for name in ("situation", "clause", "title", "rounds", "last"):
            table.add_column(message(f"drill.{name}", self._language))
        for one in known:
            done = scores.of(one.id)
            last = f"{done[-1].score} {_bars(done)}" if done else "–"
            title = one.title.in_language(self._language)
            table.add_row(one.id, one.clause, escape(title), str(len(done)), last)
        self._console.print(table)
        self._say("how")

    def begin(self, situation: Situation) -> None:
        """Tell what happens."""
        title = escape(situation.title.in_language(self._language))
        self._console.print(
            f"[bold]{title}[/bold]  [bright_black]{situation.clause}[/bright_black]"
        )
        self._console.print(escape(situation.prompt.in_language(self._language)), highlight=False)

    def listen(self) -> None:
        """Tell that it listens from now on."""
        self._say("listening", "bright_black")

    def heard(self, text: str) -> None:
        """Show words the moment they were said."""
        self._console.print(f"  [green]●[/green] {escape(text)}", highlight=False)

    def end(self, situation: Situation, result: Result) -> None:
        """Show what came of it."""
        self._console.print()
        if not result.spoke:
            self._say("silence", "yellow")
        for one in result.said:
            self._say(
                "came" if one.came else "missing", "green" if one.came else "yellow", text=one.text
            )
        self._pause(situation, result)
        if not result.in_order:
            self._say("order", "yellow")
        if result.instead:
            self._say("instead", "yellow", text=" / ".join(result.instead))
        if result.passed:
            self._say("passed", "bold green")
        else:
            self._say("answer", answer=situation.answer)

    def _pause(self, situation: Situation, result: Result) -> None:
        if result.pause_kept is None or result.pause_s is None:
            return
        key, style = ("kept", "green") if result.pause_kept else ("short", "yellow")
        self._say(key, style, seconds=f"{result.pause_s:.1f}", wanted=f"{situation.pause_s:g}")

    def score(self, done: Sequence[Score]) -> None:
        """Show the score of the last round beside those before."""
        self._say("score", "bold", score=done[-1].score, rounds=len(done), bars=_bars(done))


def _bars(done: Sequence[Score]) -> str:
    return "".join(_BARS[round(one.score / 100 * (len(_BARS) - 1))] for one in done[-_LAST:])


def as_json(situation: Situation, result: Result) -> dict[str, Any]:
    """What came of a round, for machines."""
    return {
        "type": "drill",
        "situation": situation.id,
        "clause": situation.clause,
        "passed": result.passed,
        "score": result.score,
        "words": [{"text": one.text, "came": one.came} for one in result.said],
        "in_order": result.in_order,
        "pause_s": None if result.pause_s is None else round(result.pause_s, 2),
        "pause_kept": result.pause_kept,
        "instead": [*result.instead],
    }
