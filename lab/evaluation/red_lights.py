"""Red lights that nobody earned: what the phrases behind red rules fire on."""

from collections.abc import Callable, Iterator

from firmware_py.core.types import Cue, Observation
from firmware_py.device.detector_set import pronunciations_in
from firmware_py.hearing.accent import NONE, Accent
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.phrase_spotter import PhraseSpotter
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.rules import load_rulebook
from firmware_py.rules.event_pattern import EventPattern
from firmware_py.rules.kinds import Never
from lab.evaluation.heard import SECONDS_PER_ROW, Heard

RULEBOOK = "10086"


def red_phrases(name: str = RULEBOOK) -> list[Pronunciation]:
    """Give the pronunciations of the phrases that light red by themselves."""
    rulebook = load_rulebook(name)
    banned = [
        rule.kind.when
        for rule in rulebook.rules
        if rule.cue is Cue.RED and isinstance(rule.kind, Never)
    ]
    return [one for one in pronunciations_in(rulebook) if any(map(_heard(one.phrase), banned))]


def _heard(phrase: str) -> Callable[[EventPattern], bool]:
    said = Observation(f"phrase.{phrase}", start=0.0, end=0.0, at=0.0, score=0.0)
    return lambda pattern: pattern.matches(said)


def alarms(
    heard: Heard, phrases: list[Pronunciation], accent: Accent = NONE
) -> Iterator[tuple[str, float, list[str]]]:
    """Give for each kind of sound its hours and the phrases that fired, as the device streams."""
    kinds: dict[str, tuple[float, list[str]]] = {}
    spotter = PhraseSpotter(phrases, bundled_verifier(), accent)
    for number, clip in enumerate(heard.clips):
        spotter.reset()
        rows = heard.rows(number)
        lit = [hit.phrase for hit in spotter.feed(rows)]
        hours, earlier = kinds.get(clip.kind, (0.0, []))
        kinds[clip.kind] = hours + len(rows) * SECONDS_PER_ROW / 3600, earlier + lit
    for kind, (hours, lit) in kinds.items():
        yield kind, hours, lit
