"""The table of clauses in the documents: what shows each, and whether the device judges it rightly.

``scripts/clauses`` writes it; ``test_scenarios`` checks that it names what there is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.rules.clauses import clauses
from lab.results import Result as Figure
from lab.results import share
from lab.scenarios.builder import voice_of
from lab.scenarios.joined import UNHEARD
from lab.scenarios.reading import Scenario, Twin

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "clauses.md"

ELSEWHERE: Final[Mapping[str, str]] = {
    "G1": "the drill is practice, not a call",
    "G3": "privacy is kept by the services' own walls: `tests/systemd`",
    "G4": "supervision is what is told of calls: `tests/out`",
}
"""Clauses that no sound of a call can show -> where they are shown."""

_HEAD: Final = """\
# The clauses, one by one

Made by `scripts/clauses`; `tests/scenarios` checks that it names every scenario. Each scenario
is two calls that differ in little: on the breach exactly its rule must speak (with the rules
without a light, and the parts, that its file names), on the clean twin none at all. Both are
read by espeak-ng, the agent with a voice that the phone model was not trained on, and go through
the whole chain: ear, phone model, detectors, life of the call, rules. That shows that the parts
work together, not how well people are heard: see [measurements](measurements.md).

"Real voice" is how the same two calls, breach and clean, are judged where the agent's words are
put together from the recorded syllables of a speaker whom the phone model never heard
(`DESKCUE_AUDIO`); "–" stands for what cannot be said so. What passed is tested, one call a clause.

Phone model `{model}`; espeak-ng {espeak}.

| clause | | scenario | rule | agent's voice | breach | clean | real voice |
|---|---|---|---|---|---|---|---|
"""

PASS: Final = "pass"
KNOWN: Final = "known miss"
FAIL: Final = "FAIL"
REAL_MISS: Final = "miss"
UNSAID: Final = "–"
_ROW: Final = re.compile(r"^\| ([A-G]\d+) \|(?: [^|]+ \|)+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario's two calls were judged."""

    scenario: Scenario
    synthetic: Mapping[Twin, str]
    """``pass``, ``known miss`` or ``FAIL``, read by espeak-ng."""
    real: Mapping[Twin, str]
    """``pass`` or ``miss``, with the real voice; empty: not played."""

    @property
    def row(self) -> str:
        """The table's row."""
        scenario = self.scenario
        title = clauses()[scenario.clause].en
        title += " (experimental, off)" if scenario.experimental else ""
        cells = [scenario.clause, title, scenario.id, scenario.expected, voice_of(scenario)]
        real = " / ".join(self.real[twin] for twin in Twin) if self.real else UNSAID
        return f"| {' | '.join([*cells, *(self.synthetic[twin] for twin in Twin), real])} |"


def document(results: Sequence[Result], model: str, espeak: str) -> str:
    """The whole document."""
    head = _HEAD.format(model=model[:12], espeak=espeak)
    rows = "\n".join(result.row for result in results)
    misses = [
        f"- {r.scenario.id}, {twin}: {reason}."
        for r in results
        for twin, reason in r.scenario.known_miss.items()
    ]
    elsewhere = [
        f"- **{clause}** {clauses()[clause].en}: {why}." for clause, why in ELSEWHERE.items()
    ]
    parts = [
        head + rows,
        _summary(results),
        "Known misses:\n\n" + "\n".join(misses),
        "Not shown by a call:\n\n" + "\n".join(elsewhere),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(results: Sequence[Result]) -> str:
    calls, whole, real = _counts(results)
    return (
        f"{calls.right} of {calls.all} calls are judged rightly, both calls in"
        f" {whole.right} of {whole.all} scenarios; with the real voice {real.right} of"
        f" {real.all} calls."
    )


@dataclass(frozen=True, slots=True)
class _Count:
    right: int
    all: int


def _counts(results: Sequence[Result]) -> tuple[_Count, _Count, _Count]:
    """Of the calls, of the scenarios, and of the calls with the real voice."""
    synthetic = [cell for result in results for cell in result.synthetic.values()]
    whole = [{*result.synthetic.values()} == {PASS} for result in results]
    real = [cell for result in results for cell in result.real.values()]
    return (
        _Count(synthetic.count(PASS), len(synthetic)),
        _Count(sum(whole), len(whole)),
        _Count(real.count(PASS), len(real)),
    )


def figures(results: Sequence[Result]) -> Iterator[Figure]:
    """How many calls and scenarios are judged rightly, for the page of measurements."""
    calls, whole, real = _counts(results)
    voices = "held-out synthetic voices"
    both = "Scenarios with both calls judged rightly"
    yield _figure("calls", "Calls judged rightly", calls, "calls", voices)
    yield _figure("scenarios", both, whole, "scenarios", voices)
    if real.all:
        voice = f"agent joined of the syllables of {UNHEARD}"
        yield _figure("real_voice", "Calls judged rightly", real, "calls", voice)


def _figure(name: str, title: str, count: _Count, of: str, voice: str) -> Figure:
    name = f"clauses.{name}"
    return share(name, "clauses", title, count.right, count.all, of, conditions=voice)


def named(text: str) -> list[tuple[str, str, str]]:
    """Clause, scenario and rule of every row of a document."""
    return [(row[0], row[2], row[3]) for row in _rows(text)]


def told(text: str, scenarios: Iterable[Scenario]) -> dict[str, Result]:
    """What a document says of the scenarios that it names, by id."""
    rows = {row[2]: row for row in _rows(text)}
    return {one.id: _result(one, rows[one.id]) for one in scenarios if one.id in rows}


def _result(scenario: Scenario, row: Sequence[str]) -> Result:
    real = row[7].split(" / ") if len(row) > 7 else []
    real = real if len(real) == len(Twin) else []
    return Result(
        scenario, dict(zip(Twin, row[5:7], strict=True)), dict(zip(Twin, real, strict=False))
    )


def _rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in row[0].strip("|").split("|")] for row in _ROW.finditer(text)]
