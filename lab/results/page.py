"""Writes results as documents: the page of measurements, and figures that other documents quote."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from lab.results.result import Result, Run

_COLUMNS: Final = ("measure", "conditions", "result", "target", "of", "remarks")
_QUESTIONS: Final = Path(__file__).with_name("questions.toml")
_QUOTE: Final = re.compile(r"(<!-- figure ([\w.@+-]+) -->)(.*?)(<!-- end -->)", re.DOTALL)
_DECISION: Final = re.compile(r"# (.+)\n+(Accepted|Rejected), (\d{4}-\d\d-\d\d)\.\n")
_HEAD: Final = """\
# Measurements

Made by `scripts/measurements` from [`lab/results`](../lab/results): every figure beside the command
that takes it again. ✓ and ✗ mark a target that is met or missed; brackets hold the 95 % confidence
interval. Figures of one machine compare only with figures of the same. "Taken over" are figures of
an earlier page that was written by hand, with the model of that day. What was tried without gain
stands in the [decisions](adr/README.md). `scripts/evaluate --sweep DETECTOR` draws what the central
setting of a detector trades.
"""

_INDEX: Final = """\
# Decisions

What was decided and what was tried without gain, with the figures of that day; those of today stand
in the [measurements](../measurements.md). A decision is a file `NNNN-title.md` of some ten lines:
its heading, "Accepted" or "Rejected" with the date, context, decision, figures.
`scripts/measurements` makes this list.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """One heading of the page."""

    id: str
    title: str
    about: str
    """How it is measured, and what that is worth."""


def load_questions() -> tuple[Question, ...]:
    """Read the page's headings, in order."""
    told = tomllib.loads(_QUESTIONS.read_text("utf-8"))
    return tuple(Question(**{**one, "about": one["about"].strip()}) for one in told["question"])


def page(runs: Sequence[Run], questions: Sequence[Question]) -> str:
    """Write the whole page.

    Raises:
        DeskcueError: a result belongs to no question.
    """
    known = {question.id for question in questions}
    lost = [one.id for run in runs for one in run.results if one.question not in known]
    if lost:
        raise DeskcueError(f"no such question in {_QUESTIONS.name}: that of {', '.join(lost)}")
    parts = [_HEAD, _missed(runs, questions)]
    parts += [_section(question, runs) for question in questions if _asked(question, runs)]
    return "\n".join(parts)


def quoted(text: str, results: Mapping[str, Result]) -> str:
    """Put the figures of today between ``<!-- figure ID -->`` and ``<!-- end -->``.

    Raises:
        DeskcueError: no such figure was measured.
    """

    def figure(found: re.Match[str]) -> str:
        if found[2] not in results:
            raise DeskcueError(f"{found[2]} is quoted and was never measured; see lab/results")
        return f"{found[1]}{shown(results[found[2]])}{found[4]}"

    return _QUOTE.sub(figure, text)


def index(decisions: Path) -> str:
    """List the decisions of a folder, each by its heading and whether it was accepted.

    Raises:
        DeskcueError: a decision says neither, or its number is not the next one.
    """
    lines = [_INDEX]
    for number, path in enumerate(sorted(decisions.glob("[0-9]*.md")), 1):
        found = _DECISION.match(path.read_text("utf-8"))
        if found is None:
            raise DeskcueError(f"{path}: no heading with Accepted or Rejected and a date under it")
        if (path.name[:4], found[1].partition(".")[0]) != (f"{number:04}", str(number)):
            raise DeskcueError(f"{path}: its name and its heading should have the number {number}")
        lines.append(f"- [{found[1]}]({path.name}): {found[2].lower()}, {found[3]}")
    return "\n".join(lines) + "\n"


def shown(result: Result) -> str:
    """Write a figure with its unit."""
    return f"{_number(result.value)} {result.unit}".strip()


def _number(value: float) -> str:
    """Three significant digits, and every digit before the point; never 100 for a little less."""
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{value:.4g}" if 99 < abs(value) < 100 else f"{value:.3g}"


def _missed(runs: Iterable[Run], questions: Iterable[Question]) -> str:
    every = [one for run in runs for one in run.results if one.target]
    missed = {
        question: [one for one in every if one.question == question.id and not one.passed]
        for question in questions
    }
    lines = [
        f"- {_link(question)}: " + "; ".join(_in_short(one) for one in some) + "."
        for question, some in missed.items()
        if some
    ]
    met = sum(bool(one.passed) for one in every)
    return f"**{met} of {len(every)} targets are met.** Missed:\n\n" + "\n".join(lines) + "\n"


def _link(question: Question) -> str:
    anchor = re.sub(r"[^\w -]", "", question.title.lower()).replace(" ", "-")
    return f"[{question.title.rstrip('?')}](#{anchor})"


def _in_short(one: Result) -> str:
    where = f", {one.conditions}" if one.conditions else ""
    return f"{one.title[:1].lower()}{one.title[1:]}{where} **{shown(one)}** ({_target(one)})"


def _asked(question: Question, runs: Iterable[Run]) -> bool:
    return any(one.question == question.id for run in runs for one in run.results)


def _section(question: Question, runs: Iterable[Run]) -> str:
    parts = [f"## {question.title}\n\n{question.about}\n"]
    for run in runs:
        if results := [one for one in run.results if one.question == question.id]:
            parts += [_table(results), _source(run)]
    return "\n".join(parts)


def _source(run: Run) -> str:
    model = f"model `{run.model}`, " if run.model else ""
    commit = "taken over" if run.imported else f"commit `{run.commit}`"
    machine = f"{run.machine.cpu}, {run.machine.cores} cores, Python {run.machine.python}"
    return f"`{run.command}` · {run.date}, {model}{commit} · {machine}\n"


def _table(results: Iterable[Result]) -> str:
    heads, *lines = rows(results)
    return "".join(f"| {' | '.join(line)} |\n" for line in (heads, ["---"] * len(heads), *lines))


def rows(results: Iterable[Result]) -> list[list[str]]:
    """Write a table: its heads, then a row for each result; columns that say nothing are left out.

    Figures stand between ``**``, as Markdown has it.
    """
    lines = [_cells(one) for one in results]
    used = [column for column in range(len(_COLUMNS)) if any(line[column] for line in lines)]
    return [[line[column] for column in used] for line in (_COLUMNS, *lines)]


def _cells(one: Result) -> tuple[str, ...]:
    mark = {True: " ✓", False: " ✗", None: ""}[one.passed]
    between = ""
    if one.interval:
        between = " ({} to {})".format(*map(_number, one.interval))
    much = "" if one.n is None else f"{_number(one.n)} {one.of}".strip()
    result = f"**{shown(one)}**{between}{mark}"
    return one.title, one.conditions, result, _target(one), much, one.remarks


def _target(one: Result) -> str:
    if one.target is None:
        return ""
    sign = {"at least": "≥", "at most": "≤"}[one.target.direction]
    return f"{sign} {_number(one.target.value)} {one.unit}".strip()
