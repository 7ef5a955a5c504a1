"""Every clause that sound can show: the breach fires exactly its rule, the clean twin is silent."""

import shutil
from collections.abc import Iterator

import pytest

from firmware_py.core.types import Cue
from firmware_py.rules.clauses import clauses
from lab import demo_call
from lab.scenarios import table
from lab.scenarios.hearing import rulebook_of, verdict
from lab.scenarios.reading import Scenario, Twin, every_scenario
from lab.scenarios.voices import real_voice

SCENARIOS = every_scenario()
OTHERWISE = {"1.52": frozenset({"D1-slow-breach", "E5-breach"})}
"""By version of espeak-ng (Debian 13 has 1.52): calls that go right where they go wrong with the
1.51 of docs/clauses.md, or wrong where they go right, since its voices sound a little otherwise."""


def espeak_version() -> str:
    """Two numbers of it, as 1.51, or nothing if it is not there."""
    return demo_call.espeak_version()[:4] if shutil.which("espeak-ng") else ""


def calls() -> Iterator[object]:
    """Every scenario's two calls; one that goes wrong as yet must go wrong, or its mark goes."""
    otherwise = OTHERWISE.get(espeak_version(), frozenset())
    for scenario in SCENARIOS:
        for twin in Twin:
            name = f"{scenario.id}-{twin}"
            reason = scenario.known_miss.get(twin, "")
            if name in otherwise:
                reason = "" if reason else "this version of espeak-ng sounds otherwise"
            marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
            yield pytest.param(scenario, twin, id=name, marks=marks)


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
@pytest.mark.parametrize(("scenario", "twin"), [*calls()])
def test_the_device_judges_the_call_rightly(scenario: Scenario, twin: Twin) -> None:
    assert verdict(scenario, twin) == ""


def really_passed() -> Iterator[object]:
    """One call a clause, the first that the document says is judged rightly with the real voice."""
    document = table.told(table.DOCUMENT.read_text("utf-8"), SCENARIOS)
    seen: set[str] = set()
    for scenario in SCENARIOS:
        for twin, told in document[scenario.id].real.items() if scenario.id in document else ():
            if told == table.PASS and scenario.clause not in seen:
                seen.add(scenario.clause)
                yield pytest.param(scenario, twin, id=f"{scenario.id}-{twin}")


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
@pytest.mark.skipif(real_voice() is None, reason="DESKCUE_AUDIO names no folder with speech.tsv")
@pytest.mark.parametrize(("scenario", "twin"), [*really_passed()])
def test_the_device_judges_a_real_voice_as_recorded(scenario: Scenario, twin: Twin) -> None:
    assert verdict(scenario, twin, real_voice()) == ""


def test_every_clause_has_a_scenario_or_a_reason() -> None:
    shown = {scenario.clause for scenario in SCENARIOS}
    assert shown | table.ELSEWHERE.keys() == clauses().keys()
    assert not shown & table.ELSEWHERE.keys()


def test_every_scenario_names_a_rule_of_its_clause() -> None:
    for scenario in SCENARIOS:
        rules = {rule.id: rule for rule in rulebook_of(scenario).rules}
        assert rules[scenario.expected].clause == scenario.clause, scenario.id
        assert {*scenario.also} <= rules.keys(), scenario.id
        assert bool(rules[scenario.expected].experimental) == scenario.experimental, scenario.id


def test_a_cue_beside_the_expected_one_is_the_same_wrong_told_by_its_parts() -> None:
    # Arguing, scolding aloud and racing off are made of shouting, interruptions and words.
    parts = {"interruption", "D6", "E3", "F20"}
    for scenario in SCENARIOS:
        rules = {rule.id: rule for rule in rulebook_of(scenario).rules}
        shown = {rule for rule in scenario.also if rules[rule].cue is not Cue.NONE}
        assert shown <= parts, scenario.id
        assert not shown or scenario.clause in {"E3", "E5", "E6", "E8", "E9"}, scenario.id


def test_ids_are_told_apart() -> None:
    ids = [scenario.id for scenario in SCENARIOS]
    assert len({*ids}) == len(ids)


def test_the_table_in_the_documents_is_current() -> None:
    told = table.DOCUMENT.read_text("utf-8")
    assert table.named(told) == [(s.clause, s.id, s.expected) for s in SCENARIOS]
