"""Eating: the bursts of a chewing jaw in the agent's microphone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log10
from statistics import median
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import (
    AGENT,
    HOPS_PER_SECOND,
    BoolArray,
    Features,
    FloatArray,
    Observation,
)
from firmware_py.detectors.spectrum import band_edges, band_powers
from firmware_py.detectors.stretches import Stretches

_WANTED = ("level", "speaking", "mel", "pitch")
_BANDS = band_edges(150, 1_500, 7_000)
_WINDOW = 6 * HOPS_PER_SECOND
_BESIDE = 15
"""Hops before and after a voiced one that may belong to the word: its consonants."""
_LEAST_REST = 3 * HOPS_PER_SECOND
"""Hops of the window without words that are enough to decide by."""
_SMOOTH = 6
"""Hops over which the high band is averaged before bursts are sought in it."""
_SHORTEST, _JOINED = 4, 10
"""Hops: a shorter burst is none; bursts with a shorter gap are one."""
_SURE, _SURER = 2, 6
"""Seconds of evidence, more for than against, at which it is said and beyond which none counts."""
_BETWEEN_WORDS = 0.6
"""Share of the score that is left where the bursts were heard between words."""


@dataclass(slots=True)
class _State:
    power: FloatArray = field(default_factory=lambda: np.zeros((0, 2), dtype=np.float32))
    """Power of the low and the high band over the window, [hops, 2]."""
    voiced: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    evidence: int = 0
    since: int = 0
    """Hop of the first burst in the first judgement in favour."""
    next_at: int = 0


@dataclass(frozen=True, slots=True)
class Bursts:
    """What a window of the high band consists of."""

    rate_hz: float
    length_s: float
    """Median length."""
    duty: float
    """Share of the window that is burst."""
    range_db: float
    """From the quiet of the window to its loud parts."""
    brightness_db: float
    """Median over the bursts: power over 1.5 kHz against that under it."""
    first: int
    """Hop of the window in which the first of them begins."""


_NONE = Bursts(0.0, 0.0, 0.0, 0.0, 0.0, 0)


@dataclass(slots=True)
class Eating:
    """Hears ``eating``: bursts of a jaw's length and pace, with gaps between them and no voice.

    Chewing runs at 1 to 2 Hz (Po et al. 2011); each closing of the jaw gives one burst of some
    100 ms, or two, with strong parts over 1.5 kHz (Amft et al. 2005). Once a second the bursts of
    the last 6 s are counted and measured; clicks are too short, speech, coughs and breath too
    long, loud coughs and doors too slow, rain too even, keys too dull. ``Observation.value`` is
    bursts per second, ``score`` grows with the time for which it went on.

    Between the words of somebody who talks, what lies clear of every voiced hop is judged in the
    same way, and believed less: its score stays at or under 0.6.

    Known weaknesses: soft chewing with closed lips is not heard, nor is it while somebody talks
    without pauses; slow typing on bright keys resembles it, and so may the consonants of a soft
    voice from the next desk.
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
        state.voiced = np.concatenate([state.voiced, voiced])[-_WINDOW:]
        if len(state.power) == _WINDOW:
            yield from self._judge(features.start + features.hops)

    def _judge(self, now: int) -> Iterator[Observation]:
        state = self._state
        talks = np.count_nonzero(state.voiced) / _WINDOW > self.voiced_most
        rest = _clear_of(state.voiced) if talks else np.ones(_WINDOW, dtype=np.bool_)
        enough = np.count_nonzero(rest) >= _LEAST_REST
        bursts = measure_bursts(state.power[rest]) if enough else _NONE
        chews = enough and self._chews(bursts)
        if chews and state.evidence == 0:
            state.since = now - _WINDOW + int(rest.nonzero()[0][bursts.first])
        state.evidence = min(_SURER, max(0, state.evidence + (1 if chews else -1)))
        if chews and state.evidence >= _SURE and now >= state.next_at:
            state.next_at = now + round(self.again_s * HOPS_PER_SECOND)
            yield self._say(now, bursts.rate_hz, _BETWEEN_WORDS if talks else 1.0)

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


def _clear_of(voiced: BoolArray) -> BoolArray:
    """Hops that lie clear of every voiced one."""
    return np.convolve(voiced, np.ones(2 * _BESIDE + 1), "same") < 0.5


def measure_bursts(power: FloatArray) -> Bursts:
    """Find the bursts in the high one of two bands; power [hops, 2]."""
    if len(power) < 2 * _SMOOTH:
        return _NONE
    low, high = power.T
    level = 10 * np.log10(high)
    smooth = np.convolve(level, np.full(_SMOOTH, 1 / _SMOOTH), "valid")
    # np.percentile, and np.median below, give the same and take four times as long.
    quiet, loud = np.interp((0.15, 0.95), np.linspace(0, 1, len(smooth)), np.sort(smooth))
    if loud - quiet < 1.0:
        return _NONE
    active = smooth > (quiet + loud) / 2
    edges = np.flatnonzero(np.diff(active, prepend=False, append=False))
    begins, ends = edges[::2], edges[1::2]
    apart = begins[1:] - ends[:-1] >= _JOINED
    begins, ends = begins[np.append(True, apart)], ends[np.append(apart, True)]
    long = ends - begins >= _SHORTEST
    lengths = (ends - begins)[long]
    return Bursts(
        rate_hz=len(lengths) / len(power) * HOPS_PER_SECOND,
        length_s=median(lengths.tolist()) / HOPS_PER_SECOND if len(lengths) else 0.0,
        duty=float(active.mean()),
        range_db=float(loud - quiet),
        brightness_db=_brightness(low, high, begins, ends),
        first=int(begins[long.argmax()]),
    )


def _brightness(
    low: FloatArray, high: FloatArray, begins: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]
) -> float:
    """Median over the bursts of the high band's power over the low one's, in dB."""
    edges = np.stack([begins, ends + _SMOOTH - 1], axis=1).ravel()
    edges = np.minimum(edges, len(high) - 1)
    ratio = np.add.reduceat(high, edges)[::2] / np.add.reduceat(low, edges)[::2]
    return 10 * log10(median(ratio.tolist())) if len(ratio) else 0.0
