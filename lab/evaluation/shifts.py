"""Shifts of people at desks of their own, through the device's own adaptation.

A desk has one level and one noise; sentence after sentence is said there. The first ones only teach
it, the later ones count: heard fitted (it goes on learning), and without.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from rich.progress import track

from firmware_py.core.types import FloatArray
from firmware_py.hearing.adaptation import Adaptation
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.phone_model import HOPS_PER_STEP, PhoneModel
from firmware_py.hearing.voice_fit import VoiceFit
from lab.evaluation.conditions import LEVEL, LEVELS, levelled
from lab.evaluation.heard import Heard, padded
from lab.evaluation.material import Clip, clips
from lab.training import corpus
from lab.training.corpus import Sound

FIRST: Final = 30
"""Sentences that only teach."""
THEN: Final = 10
"""Fewest sentences after them that count."""
PAUSE: Final = 2
"""Steps of the model between two sentences."""

Rows = list[npt.NDArray[np.float16]]


@dataclass(slots=True)
class Shift:
    """What was said at all desks of a set, as it was heard."""

    said: list[Clip] = field(default_factory=list)
    without: Rows = field(default_factory=list)
    fitted: Rows = field(default_factory=list)
    fits: dict[str, VoiceFit] = field(default_factory=dict)
    """Of each speaker, at the end."""

    def heard(self) -> dict[str, Heard]:
        """Give both ways it was heard."""
        said = tuple(self.said)
        return {
            "without": Heard(said, tuple(self.without)),
            "fitted": Heard(said, tuple(self.fitted)),
        }


@dataclass(frozen=True, slots=True)
class Desk:
    """A place with one level and one noise."""

    gain: float
    noise: float
    rng: np.random.Generator

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Desk":
        """Draw one: -35 to -18 dBFS, noise 25 to 40 dB under the voice."""
        gain = 10 ** (rng.uniform(-35, -18) / 20) / LEVEL
        return cls(gain, LEVEL * 10 ** (-rng.uniform(25, 40) / 20), rng)

    def rows(self, clip: Clip) -> FloatArray:
        """Log-mel rows of a recording that is played at it, whole steps of the model."""
        sound = padded(levelled(corpus.trim(corpus.load(clip.path))))
        placed = (sound + self.rng.normal(0, self.noise, len(sound))) * self.gain
        mel = _log_mel(placed.astype(np.float32))
        return mel[: len(mel) // HOPS_PER_STEP * HOPS_PER_STEP]


def _log_mel(sound: Sound) -> FloatArray:
    return LogMel().feed(np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16))


def _stepwise(feed: Callable[[FloatArray], FloatArray], mel: FloatArray) -> FloatArray:
    steps = range(0, len(mel), HOPS_PER_STEP)
    return np.concatenate([feed(mel[first : first + HOPS_PER_STEP]) for first in steps])


def sit(
    shift: Shift, model: PhoneModel, desk: Desk, teach: Sequence[Clip], count: Sequence[Clip]
) -> None:
    """Let somebody speak at a desk, and add what counts of it to the shift."""
    adaptation = Adaptation(model, model.colour)
    heard: list[FloatArray] = []
    for number, clip in enumerate([*teach, *count]):
        mel = desk.rows(clip)
        quiet = np.repeat(mel[:1], PAUSE * HOPS_PER_STEP, axis=0)
        _stepwise(adaptation.feed, quiet)
        rows = _stepwise(adaptation.feed, mel)
        if number >= len(teach):
            heard.append(mel)
            shift.fitted.append(rows.astype(np.float16))
    for clip, mel in zip(count, heard, strict=True):
        model.reset()
        shift.said.append(clip)
        shift.without.append(_stepwise(model.feed, mel).astype(np.float16))
    if count:
        shift.fits[count[0].speaker] = adaptation.fit


def shift_of(audio: Path, name: str, model: PhoneModel) -> Shift:
    """Let everybody of a set speak who has enough to say."""
    shift, rng, all_said = Shift(), np.random.default_rng(11), clips(audio, name)
    for speaker in track(sorted({clip.speaker for clip in all_said}), name, transient=True):
        own = [clip for clip in all_said if clip.speaker == speaker]
        if len(own) >= FIRST + THEN:
            sit(shift, model, Desk.drawn(rng), own[:FIRST], own[FIRST:])
    return shift


def in_turn(audio: Path, name: str, model: PhoneModel) -> Shift:
    """Let everybody of a set speak in turn at one desk, for which no fit can be right."""
    shift, rng, said = Shift(), np.random.default_rng(13), clips(audio, name)
    order = [said[place] for place in rng.permutation(len(said)).tolist()]
    sit(shift, model, Desk.drawn(rng), order[:FIRST], order[FIRST:])
    return shift


def neural_shift(audio: Path, model: PhoneModel) -> Shift:
    """Let neural voices say twice what talk there is of them, and then the banned phrases."""
    shift, rng = Shift(), np.random.default_rng(12)
    talk, phrases = clips(audio, "neural_talk"), clips(audio, "neural_phrases")
    for voice in sorted({clip.speaker for clip in phrases}):
        teach = [clip for clip in talk if clip.speaker == voice] * 2
        count = [clip for clip in phrases if clip.speaker == voice]
        sit(shift, model, Desk.drawn(rng), teach, count)
    return shift


def noise_at_desks(audio: Path, model: PhoneModel, fits: Sequence[VoiceFit]) -> Iterator[Heard]:
    """Let desks with these fits hear what is no speech."""
    listed = clips(audio, "noise_report")
    gain = 10 ** (LEVELS["middle"] / 20) / LEVEL
    mels = [_log_mel(levelled(corpus.load(clip.path)) * gain) for clip in listed]
    for fit in track(fits, "noise", transient=True):
        rows = []
        for mel in mels:
            model.reset()
            rows.append(model.feed(fit(mel)).astype(np.float16))
        yield Heard(tuple(listed), tuple(rows))
