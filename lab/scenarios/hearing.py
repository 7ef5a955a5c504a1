"""Lets the whole device hear a scenario: ear, phone model, detectors, life of the call, rules."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from firmware_py.core.types import RATE, Block, Cue, Finding, Observation
from firmware_py.device.pipeline import Pipeline
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.rules import EXPERIMENTAL, Rulebook, load_rulebook, started_at
from firmware_py.rules.reader import parse_rulebook
from lab.scenarios.builder import Rendered, render
from lab.scenarios.reading import Scenario, Twin
from lab.scenarios.voices import Voice

BLOCK = 4_800
"""Samples fed at once: the findings are those of any other size (tests/device/test_pipeline.py)."""

rulebook = cache(load_rulebook)


@cache
def with_experiments(profile: str) -> Rulebook:
    """A profile with the experimental rules over it, as a site would write it."""
    head = f'name = "{profile}"\ntitle = {{ zh = "{profile}" }}\n'
    text = f'{head}extends = ["{profile}", "{EXPERIMENTAL}"]\n'
    return parse_rulebook(text.encode(), f"{profile}.toml")


@cache
def phone_model() -> PhoneModel:
    """The phone model that comes along."""
    return load_phone_model()


def rulebook_of(scenario: Scenario) -> Rulebook:
    """The scenario's profile, with what it switches on."""
    book = (with_experiments if scenario.experimental else rulebook)(scenario.profile)
    rules = (replace(r, enabled=r.enabled or r.id in scenario.switch_on) for r in book.rules)
    return replace(book, rules=tuple(rules))


def hear(
    scenario: Scenario, twin: Twin, agent: Voice | None = None
) -> tuple[list[Finding], list[Observation]]:
    """Findings and Observations of one of a scenario's two calls, its agent spoken by a voice."""
    listener = phone_model()
    listener.reset()
    pipeline = Pipeline(rulebook_of(scenario), listener, started_at(scenario.begins(twin)))
    found: list[Finding] = []
    observed: list[Observation] = []
    rendered = render(scenario, twin, agent)
    signals = [*rendered.told]
    for block in _blocks(rendered):
        while signals and signals[0][0] <= block.seq * BLOCK / RATE:
            found += pipeline.signal(signals.pop(0)[1]).findings
        result = pipeline.feed(block)
        found += result.findings
        observed += result.observations
    return found, observed


def _blocks(rendered: Rendered) -> Iterator[Block]:
    for seq, at in enumerate(range(0, len(rendered.pcm), BLOCK)):
        yield Block(seq, rendered.pcm[at : at + BLOCK])


def verdict(scenario: Scenario, twin: Twin, agent: Voice | None = None) -> str:
    """What is wrong with how one of the two calls was judged; empty: nothing."""
    found, _ = hear(scenario, twin, agent)
    return judge(scenario, twin, found)


def judge(scenario: Scenario, twin: Twin, found: list[Finding]) -> str:
    """What is wrong with the Findings of one of the two calls; empty: nothing."""
    said = [finding.rule for finding in found]
    wanted = [scenario.expected, *scenario.also] if twin is Twin.BREACH else []
    if sorted(said) == sorted(wanted):
        return ""
    missing = [rule for rule in wanted if rule not in said]
    extra = [f"{f.rule}{'' if f.cue is Cue.NONE else '!'}" for f in found if f.rule not in wanted]
    doubled = sorted({rule for rule in wanted if said.count(rule) > 1})
    parts = [("missing", missing), ("too much", extra), ("twice", doubled)]
    return "; ".join(f"{what}: {', '.join(rules)}" for what, rules in parts if rules)
