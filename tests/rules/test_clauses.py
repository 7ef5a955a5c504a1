"""Every clause of the standard: a breach that fires its rule, and a clean twin that stays silent.

Told in Observations, as the detectors would make them; a call starts at 0 unless said otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pytest

from firmware_py.core.types import Cue, Finding, Observation
from firmware_py.rules import Rules, bundled_rulebooks, load_rulebook
from firmware_py.rules.clauses import clauses
from firmware_py.rules.hours import started_at
from firmware_py.rules.kinds import Must
from firmware_py.rules.reader import parse_rulebook

MORNING = datetime(2026, 3, 3, 9, 0)
HOLIDAY = datetime(2026, 10, 1, 9, 0)

HELLO = "onset.agent@0.5 A2.forenoon@1.5 A2.company@2.5 A2.service@3.5 onset.caller@5 "
DULL = [f"intonation.falling@{10 * n}-{10 * n + 8} " for n in range(2, 17)]
BYE = "B1.understood@30 turn.caller@33-34 B1.thanks@37 D7.bye@39 call.end@41"


@dataclass(frozen=True)
class Case:
    """Two calls that differ in one thing."""

    clause: str
    breach: str
    clean: str
    profile: str = "10086"
    rule: str = ""
    """Rule that speaks; the clause's id if left out."""
    start: datetime = MORNING


CASES = [
    Case("A1", "onset.agent@3.5 A2.forenoon@4 A2.company@5 A2.service@6 onset.caller@8", HELLO),
    Case("A1", HELLO + "quiet.both@20", HELLO, rule="quiet"),
    Case("A2", HELLO.replace("forenoon", "morning"), HELLO, rule="A2-forenoon"),
    Case("A2", HELLO, HELLO.replace("forenoon", "evening"), rule="A2-evening",
         start=datetime(2026, 3, 3, 18, 0)),
    Case("A2", HELLO.replace("A2.company@2.5", ""), HELLO, rule="A2-forenoon"),
    Case("A3", "onset.agent@1 D7.hello@1.5", "onset.agent@1 D7.hello@1.5 A2.service@3", "12580"),
    Case("A3", "onset.agent@1 D7.hello@1.5 A2.service@3",
         "onset.agent@1 A3.holiday@2 D7.hello@3 A2.service@4", "12580", "A3-holiday", HOLIDAY),
    Case("A4", "onset.agent@1 D7.hello@1.5 A4.help@4",
         "onset.agent@1 D7.hello@1.5 A4.iam@3 A4.help@4", "12580-secretary"),
    Case("A5", "onset.agent@1 A5.here@2 A5.you@4 A6.matter@9 A6.checked@11",
         "onset.agent@1 A5.here@2 A5.free@4 A5.you@6 A6.matter@9 A6.checked@11", "callback"),
    Case("A6", "onset.agent@1 A5.here@2 A5.free@4 A5.you@6 A6.checked@11",
         "onset.agent@1 A5.here@2 A5.free@4 A5.you@6 A6.matter@9 A6.checked@11", "callback"),
    Case("A6", "onset.agent@1 A5.here@2 A5.free@4 A5.you@6",
         "onset.agent@1 A5.here@2 A5.free@4 A5.you@6 A6.matter@9 A6.checked@11", "callback",
         "lead-in"),
    Case("A7", "onset.agent@1 A5.here@2 A5.free@4 A5.you@6 A7.wrong@11",
         "onset.agent@1 A5.here@2 A5.free@4 A5.you@6 A7.wrong@11 A7.service@14", "callback"),
    Case("B1", HELLO + "B1.understood@30 B1.thanks@32 D7.bye@34 call.end@35", HELLO + BYE,
         rule="B1-pause"),
    Case("B1", HELLO + "B1.thanks@37 D7.bye@39 call.end@41", HELLO + BYE, rule="B1-question"),
    Case("B1", HELLO + BYE.replace("D7.bye@39 call.end@41", ""), HELLO + BYE, rule="B1-bye"),
    Case("B2", HELLO + "B2.solved@30 B1.thanks@32 D7.bye@34 call.end@35",
         HELLO + "B2.solved@30 B1.thanks@34 D7.bye@36 call.end@38", rule="B2-pause"),
    Case("B3", HELLO + "B2.solved@30 B3.stay@32 B3.rate@34 call.end@36",
         HELLO + "B2.solved@30 B3.stay@34 B3.rate@36 call.end@38", "complaint", "B3-pause"),
    Case("B3", HELLO + "B3.stay@34 B3.rate@36 call.end@38",
         HELLO + "B2.solved@30 B3.stay@34 B3.rate@36 call.end@38", "complaint", "B3-question"),
    Case("B3", HELLO + "B2.solved@30 B3.stay@34",
         HELLO + "B2.solved@30 B3.stay@34 B3.rate@36 call.end@38", "complaint", "B3-rate"),
    Case("B4", "onset.agent@1 D7.hello@1.5 A2.service@3 B4.else@30 B4.wish@32.5",
         "onset.agent@1 D7.hello@1.5 A2.service@3 B4.else@30 B4.wish@34", "12580", "B4-pause"),
    Case("B4", "onset.agent@1 D7.hello@1.5 A2.service@3 B4.wish@34",
         "onset.agent@1 D7.hello@1.5 A2.service@3 B4.else@30 B4.wish@34", "12580", "B4-question"),
    Case("B5", "onset.agent@1 A5.here@2 A5.free@4 A5.you@6 A6.matter@9 A6.checked@11 B5.thanks@40",
         "onset.agent@1 A5.here@2 A5.free@4 A5.you@6 A6.matter@9 A6.checked@11"
         " B5.thanks@40 B5.call@44 B5.serve@47", "callback"),
    Case("C2", HELLO + "caller.quiet@10", HELLO + "caller.quiet@10 C2.louder@14"),
    Case("C3", HELLO + "caller.loud@10", HELLO + "caller.loud@10 C3.softer@14"),
    Case("C4", HELLO + "C4.look@20", HELLO + "C4.wait@18 C4.look@20"),
    Case("C4", HELLO + "C4.look@20", HELLO + "C8.contact@18 C4.look@20"),
    Case("C4", HELLO + "call.hold@20", HELLO + "C4.wait@18 call.hold@20", rule="C4-hold"),
    Case("C5", HELLO + "C4.wait@18 call.hold@20 call.resume@50",
         HELLO + "C4.wait@18 call.hold@20 call.resume@50 C5.sorry@52"),
    Case("C5", HELLO + "C4.wait@18 quiet.over@30", HELLO + "C4.wait@18 quiet.over@30 C5.sorry@32"),
    Case("C6", HELLO.replace("onset.caller@5", ""),
         HELLO.replace("onset.caller@5", "C6.consult@7")),
    Case("C7", HELLO + "C7.password@20", HELLO + "C7.password@20 C7.papers@30"),
    Case("C8", HELLO + "C8.unsure@20", HELLO + "C8.unsure@20 C8.contact@26"),
    Case("C9", HELLO + "C9.number@20", HELLO + "C9.number@20 C9.guide@23"),
    Case("C10", HELLO + "C10.chat@20", HELLO + "C10.chat@20 C11.hangup@23 C11.thanks@25"),
    Case("C11", HELLO.replace("onset.caller@5", "C11.ask@6"),
         HELLO.replace("onset.caller@5", "C11.ask@8"), rule="C11-pause"),
    Case("C11", HELLO + "C11.hangup@20 C11.thanks@22",
         HELLO + "C11.ask@12 C11.hangup@20 C11.thanks@22", rule="C11-order"),
    Case("C11", HELLO + "C11.ask@12 C11.hangup@20",
         HELLO + "C11.ask@12 C11.hangup@20 C11.thanks@22", rule="C11-thanks"),
    Case("D1", HELLO + "pace.fast@20-40", HELLO, rule="D1-fast"),
    Case("D1", HELLO + "pace.slow@20-40", HELLO, rule="D1-slow"),
    Case("D2", HELLO + "".join(DULL), HELLO + "".join(DULL) + "intonation.rising@90-98"),
    Case("D2", HELLO + "".join(DULL), HELLO + "".join(DULL[1:])),
    Case("D5", HELLO + "drawl@20 drawl@40 drawl@60", HELLO + "drawl@20 drawl@40 drawl@81"),
    Case("D6", HELLO + "shouting@20", HELLO),
    Case("E1", HELLO + "E1@20", HELLO),
    Case("E2", HELLO + "turn.caller@12-16 C11.ask@18", HELLO + "turn.caller@16-16.5 C11.ask@18"),
    Case("E3", HELLO + "quiet.unanswered@20", HELLO),
    Case("E4", HELLO + "B1.understood@30 B1.thanks@37 D7.bye@39 turn.agent@40-43",
         HELLO + "B1.understood@30 B1.thanks@37 D7.bye@39 turn.agent@36-39.2"),
    Case("E7", HELLO + "eating@20", HELLO),
    Case("E8", HELLO + "interruption.serious@20", HELLO + "backchannel@20 collision@30"),
    Case("E8", HELLO + "interruption.agent@20", HELLO + "interruption.caller@20",
         rule="interruption"),
    Case("E10", HELLO + "D7.thanks@20 call.end@22", HELLO + BYE),
    Case("E11", HELLO + "C2.repeat@20 C2.repeat@40", HELLO + "C2.repeat@20"),
    Case("F24", HELLO + "F24@20 turn.agent@19.6-20.1", HELLO + "F24@20 turn.agent@18-20.1"),
    Case("G2", "onset.agent@1 D7.hello@2", "onset.agent@1 D7.hello@2 G2.here@4", "outbound",
         "G2-opening"),
    *(Case(f"F{n}", HELLO + f"F{n}@20", HELLO) for n in range(1, 24)),
]  # fmt: skip


rulebook = cache(load_rulebook)


def called(text: str) -> list[Observation]:
    """Observations of a call written as ``name@end`` or ``name@start-end``; phrases by id."""
    observations = [] if "call.start" in text else [told("call.start", 0, 0)]
    for word in text.split():
        name, _, times = word.partition("@")
        start, _, end = times.rpartition("-")
        observations.append(told(name, float(start or end), float(end)))
    return sorted(observations, key=lambda o: o.at)


def told(name: str, start: float, end: float) -> Observation:
    phrase = name[0].isupper()
    start = max(0.0, end - 0.8) if phrase else start
    name = f"phrase.{name}" if phrase else name
    return Observation(name, start, end, end, -0.1, value=end - start)


def findings(case: Case, text: str) -> list[Finding]:
    rules = Rules(rulebook(case.profile), started_at(case.start))
    observations = called(text)
    found = [finding for observation in observations for finding in rules.feed(observation)]
    ended = observations[-1].name == "call.end"
    return found if ended else found + rules.advance(observations[-1].at + 40)


def name_of(case: Case) -> str:
    return f"{case.clause}-{case.rule}" if case.rule else case.clause


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_breach_fires_exactly_its_rule(case: Case) -> None:
    found = findings(case, case.breach)
    assert [(f.rule, f.clause) for f in found] == [(case.rule or case.clause, case.clause)]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_clean_twin_stays_silent(case: Case) -> None:
    rule = case.rule or case.clause
    assert rule not in {f.rule for f in findings(case, case.clean)}


ELSEWHERE = {
    "C1": "off: needs a phrase on the caller's channel",
    "D3": "experimental, off by default",
    "D4": "experimental, off by default",
    "D7": "needs a whole call",
    "D8": "needs a measure of shares",
    "E5": "tested with the 10086 rulebook",
    "E6": "tested with the 10086 rulebook",
    "E9": "several rules in a row",
    "G1": "the drill", "G3": "privacy", "G4": "supervision",
}  # fmt: skip


def test_every_clause_has_its_case_or_a_reason() -> None:
    told_of = {case.clause for case in CASES}
    assert told_of | ELSEWHERE.keys() == clauses().keys()
    assert not told_of & ELSEWHERE.keys()


def test_the_experimental_rules_speak_where_a_site_asks_for_them_and_light_nothing() -> None:
    text = 'name = "site"\ntitle = { zh = "现场" }\nextends = ["10086", "experimental"]\n'
    rules = Rules(parse_rulebook(text.encode(), "site.toml"), started_at(MORNING))
    said = called(HELLO + "clarity.slurred@40-55 clarity.foreign@60-75")
    found = [finding for one in said for finding in rules.feed(one)]
    assert [(f.rule, f.clause, f.cue) for f in found] == [
        ("D3", "D3", Cue.NONE), ("D4", "D4", Cue.NONE)
    ]  # fmt: skip
    assert not {"D3", "D4"} & {rule.id for rule in rulebook("10086").rules}


def test_racing_through_the_closing_after_interruptions() -> None:
    case = Case("E9", "", "")
    text = HELLO + "interruption.agent@20 interruption.agent@26 "
    breach = text + "B1.understood@28 B1.thanks@31 D7.bye@33 call.end@34"
    assert "E9" in {f.rule for f in findings(case, breach)}
    clean = text + "B1.understood@68 B1.thanks@71 D7.bye@73 call.end@74"
    assert "E9" not in {f.rule for f in findings(case, clean)}


def test_a_call_without_a_courtesy_word() -> None:
    case = Case("D7", "", "")
    assert "D7" in {f.rule for f in findings(case, "onset.agent@1 call.end@60")}
    assert "D7" not in {f.rule for f in findings(case, "onset.agent@1 D7.sorry@9 call.end@60")}


@pytest.mark.parametrize("name", bundled_rulebooks())
def test_every_profile_is_sound(name: str) -> None:
    assert rulebook(name).name == name
    assert rulebook(name).title.en
    for rule in rulebook(name).rules:
        assert rule.cue is Cue.NONE or (rule.advice.zh and rule.advice.en), rule.id
        late = isinstance(rule.kind, Must) and "call.end" in str(rule.kind.before)
        assert not late or rule.cue is Cue.NONE, f"{rule.id}: too late to mend, so no light"


def test_without_a_model_nothing_that_is_said_is_found_missing() -> None:
    deaf = rulebook("10086").without_phrases()
    assert not deaf.phrases
    assert {"E7", "E8", "A1", "quiet"} <= {rule.id for rule in deaf.rules}
    rules = Rules(deaf, started_at(MORNING))
    assert _run(rules, called(HELLO + BYE)) == []


def _run(rules: Rules, observations: Sequence[Observation]) -> list[Finding]:
    return [finding for observation in observations for finding in rules.feed(observation)]
