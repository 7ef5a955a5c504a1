"""Eating: the bursts of a chewing jaw in the agent's microphone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

import numpy as np

from firmware_py.core.types import (
    AGENT,
    HOPS_PER_SECOND,
    BoolArray,
    Features,
    FloatArray,
    Observation,
)
from firmware_py.detectors.bursts import NONE, Bursts, measure_bursts
from firmware_py.detectors.chews import FEATURES, describe
from firmware_py.detectors.spectrum import band_edges, band_powers
from firmware_py.detectors.stretches import Stretches
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.microphone_stats import HIGHEST, LOWEST, MEAN
from firmware_py.hearing.network import Network, load_network

BUNDLED: Final = Path(__file__).with_name("eating.json")

_WANTED = ("level", "speaking", "mel", "pitch", "microphone")
_BANDS = band_edges(150, 1_500, 7_000)
_WINDOW = 6 * HOPS_PER_SECOND
_BESIDE = 15
"""Hops before and after a voiced one that may belong to the word: its consonants."""
_LEAST_REST = 3 * HOPS_PER_SECOND
"""Hops of the window without words that are enough to decide by."""
_SURE, _SURER = 4.0, 8.0
"""Evidence at which it is said, and beyond which none counts; natural log of odds."""
_MOST = 3.0
"""Evidence that one look gives, at most, for or against."""
_BY_RULE = 3.0
"""What the bursts' rate, length, share and brightness add where all are those of chews."""
_BETWEEN_WORDS_EVIDENCE = 2.0
"""Evidence of a look between words, where the rule alone decides."""
_SELDOM_HZ = 0.6
"""Bursts per second under which even soft ones are no chewing, whatever the network says."""
_VOICELESS = 0.08
"""Share of the window with a voice in it up to which the network decides, too."""
_LEAST_RANGE_DB = 6.0
"""dB of the window's range under which there is nothing to look at."""
_BETWEEN_WORDS = 0.6
"""Share of the score that is left where the bursts were heard between words."""


@cache
def chew_network() -> Network:
    """Give the network that came with the package."""
    return load_network(BUNDLED, FEATURES)


@dataclass(slots=True)
class _State:
    power: FloatArray = field(default_factory=lambda: np.zeros((0, 2), dtype=np.float32))
    """Power of the low and the high band over the window, [hops, 2]."""
    mel: FloatArray = field(default_factory=lambda: np.zeros((0, BANDS), dtype=np.float32))
    crest: FloatArray = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    """dB by which each hop's peak stands out of its level."""
    voiced: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    evidence: float = 0.0
    since: int = 0
    """Hop of the first burst in the first judgement in favour."""
    next_at: int = 0


@dataclass(slots=True)
class Eating:
    """Hears ``eating``: bursts of a jaw's length and pace, with gaps between them and no voice.

    Chewing runs at 1 to 2 Hz (Po et al. 2011); each closing of the jaw gives one burst of some
    100 ms, or two, with strong parts over 1.5 kHz (Amft et al. 2005). Once a second the bursts of
    the last 6 s are counted and measured; clicks are too short, speech, coughs and breath too
    long, loud coughs and doors too slow, rain too even, keys too dull. A small network over finer
    measures (``detectors.chews``) has a say as well; it learnt from laid bites and from sounds that
    resemble them (``lab.evaluation.fit_eating``), but none where bursts come as seldom as coughs.
    ``Observation.value`` is bursts per second, ``score`` grows with the time for which it went on.

    Between the words of somebody who talks, what lies clear of every voiced hop is judged in the
    same way, without the network, and believed less: its score stays at or under 0.6.

    Known weaknesses: soft chewing with closed lips is not heard, nor is it while somebody talks
    without pauses; slow typing on bright keys, steps on gravel and digging resemble it, and so may
    the consonants of a soft voice from the next desk.
    """

    EMITS: ClassVar[tuple[str, ...]] = ("eating",)

    slowest_hz: float = 0.8
    """Fewest bursts per second."""
    fastest_hz: float = 2.6
    """Most bursts per second."""
    shortest_s: float = 0.07
    """Least median length of a burst, in seconds."""
    longest_s: float = 0.28
    """Greatest median length of a burst, in seconds."""
    least_duty: float = 0.15
    """Least share of the time that is burst."""
    most_duty: float = 0.5
    """Greatest share of the time that is burst."""
    least_range_db: float = 10.0
    """dB that the bursts must stand out by."""
    most_range_db: float = 34.0
    """dB that slow ones may stand out by: coughs and doors do so by more."""
    brisk_hz: float = 1.3
    """Bursts per second at which they may stand out by more: coughs and doors come less often."""
    most_brisk_range_db: float = 44.0
    """dB that brisk ones may stand out by."""
    least_bright_db: float = -4.0
    """dB of the bursts over 1.5 kHz against those under it; keys thump, far lower."""
    voiced_most: float = 0.22
    """Greatest share of the time with a voice in it."""
    again_s: float = 15.0
    """Seconds after which eating that goes on is said again."""
    _stretches: Stretches = field(
        init=False, repr=False, default_factory=lambda: Stretches(HOPS_PER_SECOND, _WANTED)
    )
    _network: Network = field(init=False, repr=False, default_factory=chew_network)
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget what was heard."""
        self._stretches.reset()
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        return [seen for second in self._stretches.feed(features) for seen in self._second(second)]

    def _second(self, features: Features) -> Iterator[Observation]:
        state = self._state
        voiced = features.speaking[:, AGENT] & (features.pitch > 0)
        state.power = np.concatenate([state.power, band_powers(features.mel, _BANDS)])[-_WINDOW:]
        state.mel = np.concatenate([state.mel, features.mel])[-_WINDOW:]
        state.crest = np.concatenate([state.crest, crest_db(features)])[-_WINDOW:]
        state.voiced = np.concatenate([state.voiced, voiced])[-_WINDOW:]
        if len(state.power) == _WINDOW:
            yield from self._judge(features.start + features.hops)

    def _judge(self, now: int) -> Iterator[Observation]:
        state = self._state
        voiced = np.count_nonzero(state.voiced) / _WINDOW
        talks = bool(voiced > self.voiced_most)
        rest = _clear_of(state.voiced) if talks else np.ones(_WINDOW, dtype=np.bool_)
        enough = np.count_nonzero(rest) >= _LEAST_REST
        bursts = measure_bursts(state.power[rest]) if enough else NONE
        evidence = self._evidence(bursts, bool(voiced > _VOICELESS))
        if evidence > 0 and state.evidence == 0:
            state.since = now - _WINDOW + int(rest.nonzero()[0][bursts.first])
        state.evidence = min(_SURER, max(0.0, state.evidence + evidence))
        if evidence > 0 and state.evidence >= _SURE and now >= state.next_at:
            state.next_at = now + round(self.again_s * HOPS_PER_SECOND)
            yield self._say(
                now, bursts.rate_hz, _BETWEEN_WORDS if 2 * voiced > self.voiced_most else 1.0
            )

    def _evidence(self, bursts: Bursts, words: bool) -> float:
        """What a look says for chewing, or against it."""
        chews, state = self._chews(bursts), self._state
        if words:
            return _BETWEEN_WORDS_EVIDENCE if chews else -_BETWEEN_WORDS_EVIDENCE
        if bursts.range_db < _LEAST_RANGE_DB or self._too_slow(bursts):
            return -_MOST
        odds = self._network.odds(describe(state.mel, state.crest))
        return min(_MOST, max(-_MOST, odds + (_BY_RULE if chews else 0.0)))

    def _too_slow(self, bursts: Bursts) -> bool:
        """Whether they come as seldom as coughs and doors do, of which the network knows few."""
        loud = bursts.range_db > self.most_range_db
        return bursts.rate_hz < (self.slowest_hz if loud else _SELDOM_HZ)

    def _chews(self, bursts: Bursts) -> bool:
        return (
            self.slowest_hz <= bursts.rate_hz <= self.fastest_hz
            and self.shortest_s <= bursts.length_s <= self.longest_s
            and self.least_duty <= bursts.duty <= self.most_duty
            and bursts.brightness_db >= self.least_bright_db
            and self.least_range_db <= bursts.range_db <= self._most_range_db(bursts.rate_hz)
        )

    def _most_range_db(self, rate_hz: float) -> float:
        return self.most_brisk_range_db if rate_hz >= self.brisk_hz else self.most_range_db

    def _say(self, hop: int, rate_hz: float, belief: float) -> Observation:
        now = hop / HOPS_PER_SECOND
        return Observation(
            name="eating",
            start=self._state.since / HOPS_PER_SECOND,
            end=now,
            at=now,
            score=belief * (0.4 + 0.6 * self._state.evidence / _SURER),
            value=rate_hz,
        )


def crest_db(features: Features) -> FloatArray:
    """How far the peak of each hop stands out of its level, in dB."""
    highest, lowest, mean = (features.microphone[:, column] for column in (HIGHEST, LOWEST, MEAN))
    peak = np.maximum(highest - mean, mean - lowest)
    crest: FloatArray = 20 * np.log10(np.maximum(peak, 1e-6)) - features.level[:, AGENT]
    return crest


def _clear_of(voiced: BoolArray) -> BoolArray:
    """Hops that lie clear of every voiced one."""
    return np.convolve(voiced, np.ones(2 * _BESIDE + 1), "same") < 0.5
