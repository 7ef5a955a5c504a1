"""How surely banned phrases are found where people do not tell all initials and finals apart.

Said with the recorded syllables of one person, ht, joined: where an accent makes 是 of 四, the
recording of 四 is taken. Every syllable that may change does, which few people do so thoroughly.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from firmware_py.hearing.accent import NONE, PAIRS, Accent, accent_of
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.hearing.phrase_spotter import PhraseSpotter
from firmware_py.hearing.spelling import INITIALS, SpellingError, readings, spell
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.rules import load_rulebook
from lab.evaluation import utterances
from lab.evaluation.heard import hear
from lab.evaluation.phrases import NEAR_MISSES
from lab.evaluation.red_lights import RULEBOOK, alarms, red_phrases
from lab.evaluation.utterances import UNHEARD, Utterance
from lab.results import Measured, Result, share, slug
from lab.training import texts, voices

ACCENTS: Final = {
    "retroflex": ("zh/z", "ch/c", "sh/s"),
    "nasal": ("in/ing", "en/eng"),
    "n as l": ("n/l",),
    "l as n": ("n/l",),
    "h as f": ("f/h",),
    "all": PAIRS,
}
"""What an accent does not tell apart."""
TALK: Final = ("crowd_report", "s0150", "s0252")
"""Strangers of whom nothing was chosen on."""
EITHER: Final[dict[str, Accent]] = {"as_it_is": NONE, "named": accent_of(PAIRS)}
TIMES: Final = 3
_SYLLABLE: Final = re.compile(rf"({'|'.join(sorted(INITIALS, key=len, reverse=True))})?(.*)")
_FINALS_AFTER_F: Final = {
    "a": "a",
    "o": "o",
    "an": "an",
    "ang": "ang",
    "i": "ei",
    "n": "en",
    "": "u",
}
"""What is left of hua, huo, huan, huang, hui, hun and hu."""


def said(syllable: str, accent: str) -> str:
    """Say a syllable with an accent; the syllable that it becomes, if it is one."""
    found = _SYLLABLE.fullmatch(syllable)
    assert found
    initial, final = found[1] or "", found[2]
    if accent in ("retroflex", "all") and initial in ("zh", "ch", "sh"):
        initial = initial[0]
    if accent in ("nasal", "all") and final.endswith(("ing", "eng")):
        final = final[:-1]
    if accent in ("n as l", "all") and initial == "n":
        initial = "l"
    if accent == "l as n" and initial == "l":
        initial = "n"
    if accent in ("h as f", "all") and initial == "h" and final[:1] == "u":
        initial, final = "f", _FINALS_AFTER_F.get(final[1:], final)
    try:
        spell(initial + final)
    except SpellingError:
        return syllable
    return initial + final


def _sayings(audio: Path, accent: str) -> Iterator[tuple[str, Utterance]]:
    """Every banned phrase that the accent changes, several times, with its id."""
    there = utterances.syllables_of(audio, UNHEARD)
    red = {one.phrase for one in red_phrases()}
    banned = [phrase for phrase in load_rulebook(RULEBOOK).phrases if phrase.id in red]
    for number, phrase in enumerate(banned):
        plain = readings(phrase.say[0])[0]
        words = tuple(said(one, accent) for one in plain)
        if accent and words == plain:
            continue
        for time in range(TIMES):
            seed = TIMES * number + time
            text = tuple(f"{word}1" for word in words)
            for one in utterances.joined(there, UNHEARD, [text], seed):
                yield phrase.id, one


def _found(audio: Path, accent: str) -> Iterator[Result]:
    """Share that is found, as the rulebook is and with the accent in it."""
    model = load_phone_model()
    heard = [(phrase, utterances.posteriors(one, model)) for phrase, one in _sayings(audio, accent)]
    settings = {"as_it_is": NONE} | ({"named": accent_of(ACCENTS[accent])} if accent else {})
    for name, named in settings.items():
        spotter, found = PhraseSpotter(red_phrases(), bundled_verifier(), named), 0
        for phrase, rows in heard:
            spotter.reset()
            found += phrase in {hit.phrase for hit in spotter.feed(rows)}
        yield share(
            f"accents.{slug(accent or 'none')}.{name}",
            "accents",
            "Phrases that light red found" + (", the accent named" if named else ""),
            found,
            len(heard),
            "sayings",
            conditions=f"joined syllables of ht, {_told(accent)}",
        )


def _told(accent: str) -> str:
    if not accent:
        return "no accent"
    return f"accent: {accent}" + ("" if accent == "all" else f" ({' '.join(ACCENTS[accent])})")


def _alarms(audio: Path) -> Iterator[Result]:
    """Count lights for phrases that nobody said, without an accent and with all of it."""
    heard = [hear(audio, name) for name in TALK]
    for name, named in EITHER.items():
        told = [row for one in heard for row in alarms(one, red_phrases(), named)]
        hours, lit = sum(row[1] for row in told), [phrase for row in told for phrase in row[2]]
        yield Result(
            id=f"accents.alarms.{name}",
            question="accents",
            title="Red lights an hour for phrases that nobody said"
            + (", every accent named" if named else ""),
            value=len(lit) / hours,
            unit="FA/h",
            n=round(hours, 2),
            of="h of strangers' talk",
            remarks=f"{len(lit)} seen" + (f": {', '.join(sorted(lit))}" if lit else ""),
        )


def _near() -> Iterator[Result]:
    """Share of near-miss sentences that fire: what an accent lets in shows there first."""
    rows = [line.split()[1:] for line in NEAR_MISSES.read_text(encoding="utf-8").splitlines()]
    near = utterances.synthetic(
        [texts.toned(text) for row in rows for text in row], voices.HELD_OUT, 9
    )
    model = load_phone_model()
    heard = [utterances.posteriors(one, model) for one in near]
    for name, named in EITHER.items():
        spotter, fired = PhraseSpotter(red_phrases(), bundled_verifier(), named), 0
        for sound in heard:
            spotter.reset()
            fired += bool(spotter.feed(sound))
        yield share(
            f"accents.near_miss.{name}",
            "accents",
            "Near-miss sentences that fire" + (", every accent named" if named else ""),
            fired,
            len(heard),
            "sentences",
            conditions="held-out synthetic voices, no accent",
        )


def main(audio: Path, rest: list[str]) -> Iterator[Measured]:
    """Measure all accents."""
    argparse.ArgumentParser(prog="scripts/evaluate accents", description=__doc__).parse_args(rest)
    yield Measured(tuple(one for accent in ("", *ACCENTS) for one in _found(audio, accent)))
    yield Measured((*_alarms(audio), *_near()))
