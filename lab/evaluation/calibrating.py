"""What thresholds are set on: ordinary speech, the phrases themselves, and what sounds near them.

All by voices that the model learnt from; nobody held out is heard.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lab.evaluation import utterances
from lab.evaluation.sounds import KNOWN_READER
from lab.evaluation.utterances import Utterance
from lab.evaluation.wanted import Wanted, joined_with_names, spoilt, with_names
from lab.training import texts, voices

CONFUSIONS: Final = Path(__file__).parent / "confusions.txt"
"""A phrase a line, and what else is said at a service desk and sounds near it."""


def background(audio: Path, hours: float) -> Iterator[Utterance]:
    """Ordinary speech: read sentences, and talk by synthetic voices."""
    yield from utterances.recorded(audio, [KNOWN_READER], 11)
    names = voices.variants()[::4]
    yield from utterances.for_hours(utterances.in_turn(texts.ordinary(5), names), hours)


def own(audio: Path, wanted: Wanted) -> Iterator[tuple[str, Utterance]]:
    """The phrases themselves, by voices of each kind."""
    yield from with_names(wanted.texts, voices.variants()[2::12], 0)
    for speaker in utterances.JOINED:
        yield from joined_with_names(audio, wanted.texts, speaker, 4)


def near(wanted: Wanted) -> Iterator[tuple[str, Utterance]]:
    """Spoilt utterances, known confusions, and the phrase's siblings: 早上好 is near 晚上好."""
    names = voices.variants()[1::5]
    yield from spoilt(wanted, 30, names, 8)
    for line in CONFUSIONS.read_text(encoding="utf-8").splitlines():
        phrase, *said = line.split()
        if phrase in wanted.texts:
            for utterance in utterances.synthetic(map(texts.toned, said), names[::4], 13):
                if phrase not in wanted.held_by(utterance.syllables):
                    yield phrase, utterance
    for phrase, versions in wanted.texts.items():
        for sibling in wanted.texts:
            if sibling != phrase and sibling.split(".")[0] == phrase.split(".")[0]:
                for utterance in utterances.synthetic(versions[:1], names[:3], 12):
                    if sibling not in wanted.held_by(utterance.syllables):
                        yield sibling, utterance
