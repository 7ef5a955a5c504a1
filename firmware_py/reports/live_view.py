"""The live view in a terminal: levels, who speaks, the light, findings, and where events went."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from firmware_py.core.messages import message
from firmware_py.core.types import AGENT, CALLER, Cue, Features, Finding
from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.light.pattern import Colour, Pattern
from firmware_py.outbox.store import Counts

WIDTH: Final = 92
"""Columns of the view."""
_PAST: Final = 48
"""Columns of a lane; each is a tenth of a second or more."""
_COLUMN_HOPS: Final = 15
_FINDINGS: Final = 7
_BARS: Final = " ▁▂▃▄▅▆▇█"
_QUIETEST_DB: Final = -70.0
_LOUDEST_DB: Final = -10.0
_CUE_STYLE: Final = {Cue.RED: "bold red", Cue.AMBER: "yellow", Cue.NONE: "bright_black"}
_SIDES: Final = ((AGENT, "agent", "dodger_blue2"), (CALLER, "caller", "sea_green3"))


@dataclass(slots=True)
class _Lane:
    """The last seconds of one side, a column after the other."""

    columns: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=_PAST))
    """Loudest level in dBFS, and whether the side spoke."""
    level: float = SILENCE_DB
    speaking: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that the view shows besides the two voices."""

    title: str
    """Whose rulebook it is."""
    seconds: float
    colour: Colour
    """Of the light at this moment."""
    pattern: Pattern
    counts: Counts
    arrived: Mapping[str, int] | None
    """Kind of event -> how many came back from the broker; None: there is none."""
    problems: Sequence[str] = ()


class View:
    """Remembers what is to be seen and draws it."""

    def __init__(self, language: str = "zh") -> None:
        """Begin empty; texts in ``zh`` or ``en``."""
        self._language = language
        self._lanes = (_Lane(), _Lane())
        self._hops = 0
        self._findings: deque[Finding] = deque(maxlen=_FINDINGS)

    def hear(self, features: Features) -> None:
        """Take what both sides sound like."""
        rows = zip(features.level.tolist(), features.speaking.tolist(), strict=True)
        for level, speaking in rows:
            opens = self._hops % _COLUMN_HOPS == 0
            self._hops += 1
            for lane, db, speaks in zip(self._lanes, level, speaking, strict=True):
                lane.level, lane.speaking = db, speaks
                before, spoke = (SILENCE_DB, False) if opens else lane.columns.pop()
                lane.columns.append((max(before, db), spoke or speaks))

    def find(self, finding: Finding) -> None:
        """Take a Finding."""
        self._findings.append(finding)

    def draw(self, scene: Scene) -> RenderableType:
        """Draw everything as it is now."""
        clock = f"{int(scene.seconds) // 60}:{int(scene.seconds) % 60:02d}"
        parts = [
            self._voices(),
            self._light(scene),
            Text(),
            self._heading("findings"),
            self._found(),
            Text(),
            self._heading("events"),
            *self._events(scene),
        ]
        if scene.problems:
            parts += [Text(), self._heading("trouble", "bold magenta")]
            parts += [Text(line, "magenta") for line in scene.problems]
        return Panel(
            Group(*parts),
            title=f"[bold]DeskCue[/bold] · {scene.title} · {clock}",
            subtitle=f"[dim]{self._say('view.hint')}[/dim]",
            width=WIDTH,
            padding=(1, 2),
        )

    def _say(self, key: str, **values: object) -> str:
        return message(key, self._language, **values)

    def _heading(self, name: str, style: str = "bold") -> Text:
        return Text(self._say(f"view.{name}"), style)

    def _voices(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for side, name, style in _SIDES:
            lane = self._lanes[side]
            bars = Text()
            bars.append(" " * (_PAST - len(lane.columns)))
            for level, spoke in lane.columns:
                bars.append(_bar(level), style if spoke else "bright_black")
            text = self._say("view.speaks") if lane.speaking else ""
            mark = Text(f"● {text}" if lane.speaking else "", style)
            level_text = Text(f"{lane.level:4.0f} dBFS", "dim")
            table.add_row(Text(f"{self._say(f'view.{name}'):　<3}"), bars, level_text, mark)
        return table

    def _light(self, scene: Scene) -> Text:
        pattern = scene.pattern
        code = pattern.name.removeprefix("fault ")
        key = "fault" if pattern.name.startswith("fault") else pattern.name
        line = Text(f"{self._say('view.light'):　<3} ")
        line.append("⬤  ", _style(scene.colour))
        line.append(self._say(f"light.{key}", code=code))
        return line

    def _found(self) -> RenderableType:
        if not self._findings:
            return Text(self._say("view.nothing"), "dim")
        table = Table.grid(padding=(0, 2))
        for one in self._findings:
            style = _CUE_STYLE[one.cue]
            at = f"{int(one.at) // 60}:{one.at % 60:04.1f}"
            table.add_row(
                Text(at, "dim"), Text("●", style), Text(one.clause or "", style), one.advice
            )
        return table

    def _events(self, scene: Scene) -> list[Text]:
        counts = scene.counts
        text = self._say(
            "view.outbox", pending=counts.pending, sent=counts.sent, dropped=counts.dropped
        )
        lines = [Text(text)]
        if scene.arrived is None:
            lines.append(Text(self._say("view.no_broker"), "dim"))
        elif scene.arrived:
            topics = ", ".join(f"…/{kind} ×{number}" for kind, number in scene.arrived.items())
            lines.append(Text(self._say("view.arrived", topics=topics), "green"))
        return lines


def _bar(level: float) -> str:
    part = (level - _QUIETEST_DB) / (_LOUDEST_DB - _QUIETEST_DB)
    return _BARS[round(min(max(part, 0.0), 1.0) * (len(_BARS) - 1))]


def _style(colour: Colour) -> str:
    """Colour of the light; a dark one is a grey ring."""
    red, green, blue = (round(60 + 195 * part) if part else 60 for part in colour)
    return f"rgb({red},{green},{blue})"
