"""The table of clauses in the documents: what shows each, and whether the device judges it rightly.

``scripts/clauses`` writes it; ``test_scenarios`` checks that it names what there is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.rules.clauses import clauses
from tests.scenarios.builder import voice_of
from tests.scenarios.reading import Scenario, Twin

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "clauses.md"

ELSEWHERE: Final[Mapping[str, str]] = {
    "D3": "articulation cannot be told from a poor line: [measurements](measurements.md)",
    "D4": "nor can another language or dialect: [measurements](measurements.md)",
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

Phone model `{model}`; espeak-ng {espeak}.

| clause | | scenario | rule | agent's voice | breach | clean |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario's two calls were judged."""

    scenario: Scenario
    wrong: Mapping[Twin, str]
    """What was wrong; empty: nothing."""

    @property
    def row(self) -> str:
        """The table's row."""
        scenario = self.scenario
        title = clauses()[scenario.clause].en
        cells = [scenario.clause, title, scenario.id, scenario.expected, voice_of(scenario)]
        return f"| {' | '.join([*cells, *(self._cell(twin) for twin in Twin)])} |"

    def _cell(self, twin: Twin) -> str:
        if not self.wrong[twin]:
            return "pass"
        return "known miss" if twin in self.scenario.known_miss else "FAIL"


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
    right = sum(not wrong for result in results for wrong in result.wrong.values())
    whole = sum(not any(result.wrong.values()) for result in results)
    return (
        f"{right} of {len(results) * len(Twin)} calls are judged rightly, both calls in {whole} of"
        f" {len(results)} scenarios."
    )


def named(text: str) -> list[tuple[str, str, str]]:
    """Clause, scenario and rule of every row of a document."""
    rows = re.findall(r"^\| ([A-G]\d+) \| [^|]* \| (\S+) \| (\S+) \|", text, re.MULTILINE)
    return [(clause, scenario, rule) for clause, scenario, rule in rows]
