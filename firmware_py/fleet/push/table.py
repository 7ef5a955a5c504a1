"""Shows a push while it goes on."""

import datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from firmware_py.fleet.push.plan import Plan
from firmware_py.fleet.push.state import OVER, Entry, Phase, Push
from firmware_py.fleet.push.steps import name
from firmware_py.settings.desired import Setting

_COLOUR = {
    Phase.HELD: "yellow",
    Phase.GOING_BACK: "red",
    Phase.BACK: "red",
    Phase.DONE: "green",
}


def plan_table(plan: Plan) -> Table:
    """What a push would change; a row for each key of each desk."""
    made = Table(box=None, pad_edge=False)
    for title in ("stage", "desk", "key", "has", "gets"):
        made.add_column(title)
    for number, changes in enumerate(plan.stages):
        for one in changes:
            before, after = one.before.settings, one.after.settings
            for key in sorted(before.keys() | after.keys()):
                if before.get(key) != after.get(key):
                    values = (_value(before.get(key)), _value(after.get(key)))
                    made.add_row(*map(Text, (_stage(number), name(one.desk), key, *values)))
    return made


def _value(value: Setting | None) -> str:
    return "its own" if value is None else str(value)


def _stage(number: int) -> str:
    return "rest" if number else "canary"


def draw(push: Push, now: float, problem: str = "") -> Group:
    """The push as it stands; a row for each stage."""
    made = Table(box=None, pad_edge=False)
    for title in ("stage", "desks", "missing", "harmed", "cues", "is"):
        made.add_column(title, justify="left" if title in ("stage", "is") else "right")
    for number, changes in enumerate(push.plan.stages):
        made.add_row(_stage(number), str(len(changes)), *map(Text, _row(push, number, now)))
    head = f"push {push.plan.id} to {push.plan.scope}, by {push.plan.by}"
    lines = [Text(line, "yellow") for line in (push.why, problem) if line]
    return Group(Text(head), made, *lines)


def _row(push: Push, number: int, now: float) -> list[str]:
    if number < push.stage or push.phase is Phase.DONE:
        return ["0", "", "", "passed"]
    if number > push.stage:
        return ["", "", "", "waits"]
    rate = push.cue_rate(now)
    cues = f"x {rate.ratio:.2f}" if rate else ""
    return [str(len(push.missing)), str(len(push.harmed(push.desks))), cues, _state(push, now)]


def _state(push: Push, now: float) -> str:
    if push.phase is not Phase.WATCH:
        return str(push.phase)
    left = max(0.0, push.plan.limits.watch_s - (now - push.since))
    return f"watched, {datetime.timedelta(seconds=round(left))} to go"


def line(entry: Entry) -> str:
    """An entry, for where there is no terminal."""
    stage = entry.details.get("stage")
    where = "" if stage is None else f"stage {stage + 1}: "
    why = entry.details.get("why") or ""
    desks = entry.details.get("desks")
    many = f" to {len(desks)} desks" if desks else ""
    left = entry.details.get("unconfirmed")
    unsure = f"; not confirmed by {', '.join(left)}" if left else ""
    return f"{where}{entry.what}{many}{': ' if why else ''}{why}{unsure}"


def ending(push: Push) -> Text:
    """The last word, in its colour."""
    verb = str(push.phase) if push.phase in (*OVER, Phase.HELD) else "stopped"
    why = f": {push.why}" if push.why else ""
    return Text(f"push {push.plan.id} is {verb}{why}", _COLOUR.get(push.phase, ""))
