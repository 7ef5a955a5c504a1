"""Eating: the bursts of a chewing jaw in the agent's microphone."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from firmware_py.detectors.spectrum import band_edges, band_powers
from firmware_py.types import AGENT, HOPS_PER_SECOND, Frame, Observation

_EDGES = band_edges(150, 1_000, 1_500, 7_000)
_VOICED = 4.0
"""Power by which the low band of a voiced sound outweighs its high band."""
_WINDOW = 10 * HOPS_PER_SECOND
_SMOOTH = 6
"""Hops over which the high band is averaged before bursts are sought in it."""
_SHORTEST, _JOINED = 4, 10
"""Hops: a shorter burst is none; bursts with a shorter gap are one."""
_SURE, _SURER = 3, 6
"""Seconds of evidence, more for than against, at which it is said and beyond which none counts."""


def _window() -> deque[float]:
    return deque(maxlen=_WINDOW)


@dataclass(slots=True)
class _State:
    hop: int = 0
    power: deque[float] = field(default_factory=_window)
    """Power of the high band."""
    voiced: deque[float] = field(default_factory=_window)
    evidence: int = 0
    since: int = 0
    """Hop of the first judgement in favour."""
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


@dataclass(slots=True)
class Eating:
    """Hears ``eating``: bursts of a jaw's length and pace, with gaps between them and no voice.

    Chewing runs at 1 to 2 Hz (Po et al. 2011); each closing of the jaw gives one burst of some
    100 ms, or two, with strong parts over 1.5 kHz (Amft et al. 2005). Once a second the bursts of
    the last 10 s are counted and measured; clicks are too short, speech, coughs and breath too
    long, rain too even. ``Observation.value`` is bursts per second, ``score`` grows with the time
    for which it went on.

    Known weaknesses: soft chewing with closed lips is not heard; between the words of somebody who
    talks it is not heard either; slow, heavy typing without rests resembles it.
    """

    slowest_hz: float = 0.8
    """Fewest bursts per second."""
    fastest_hz: float = 2.6
    """Most bursts per second."""
    shortest_s: float = 0.07
    """Least median length of a burst, in seconds."""
    longest_s: float = 0.25
    """Greatest median length of a burst, in seconds."""
    least_duty: float = 0.18
    """Least share of the time that is burst."""
    most_duty: float = 0.42
    """Greatest share of the time that is burst."""
    least_range_db: float = 12.0
    """dB that the bursts must stand out by."""
    most_range_db: float = 26.0
    """dB that they may stand out by: coughs and doors do so by more."""
    voiced_most: float = 0.22
    """Greatest share of the time with a voice in it."""
    again_s: float = 15.0
    """Seconds after which eating that goes on is said again."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget what was heard."""
        self._state = _State()

    def feed(self, frame: Frame) -> list[Observation]:
        """Return what became known in this Frame."""
        found: list[Observation] = []
        state = self._state
        if not frame.hops:
            return found
        state.hop = frame.start
        speaking = frame.speaking[:, AGENT].tolist()
        powers = band_powers(frame.mel, _EDGES).tolist()
        for speaks, (low, _, high) in zip(speaking, powers, strict=True):
            state.power.append(high)
            state.voiced.append(speaks and low > high * _VOICED)
            state.hop += 1
            if state.hop % HOPS_PER_SECOND == 0 and state.hop >= _WINDOW:
                found.extend(self._judge())
        return found

    def _judge(self) -> Iterator[Observation]:
        state = self._state
        bursts = measure_bursts(np.array(state.power))
        chews = self._chews(bursts) and sum(state.voiced) <= self.voiced_most * _WINDOW
        if state.evidence == 0:
            state.since = state.hop - _WINDOW
        state.evidence = min(_SURER, max(0, state.evidence + (1 if chews else -1)))
        if chews and state.evidence >= _SURE and state.hop >= state.next_at:
            state.next_at = state.hop + round(self.again_s * HOPS_PER_SECOND)
            yield self._say(bursts.rate_hz)

    def _chews(self, bursts: Bursts) -> bool:
        return (
            self.slowest_hz <= bursts.rate_hz <= self.fastest_hz
            and self.shortest_s <= bursts.length_s <= self.longest_s
            and self.least_duty <= bursts.duty <= self.most_duty
            and self.least_range_db <= bursts.range_db <= self.most_range_db
        )

    def _say(self, rate_hz: float) -> Observation:
        now = self._state.hop / HOPS_PER_SECOND
        return Observation(
            name="eating",
            start=self._state.since / HOPS_PER_SECOND,
            end=now,
            at=now,
            score=0.4 + 0.6 * self._state.evidence / (_SURER + 4),
            value=rate_hz,
        )


def measure_bursts(power: npt.NDArray[np.float64]) -> Bursts:
    """Find the bursts in a band's power, one number per hop; at least ``_SMOOTH`` hops."""
    level = 10 * np.log10(power)
    smooth = np.convolve(level, np.full(_SMOOTH, 1 / _SMOOTH), "valid")
    quiet, loud = np.percentile(smooth, (15, 95))
    if loud - quiet < 1.0:
        return Bursts(rate_hz=0.0, length_s=0.0, duty=0.0, range_db=float(loud - quiet))
    active = smooth > (quiet + loud) / 2
    edges = np.flatnonzero(np.diff(active, prepend=False, append=False))
    begins, ends = edges[::2], edges[1::2]
    apart = begins[1:] - ends[:-1] >= _JOINED
    begins, ends = begins[np.append(True, apart)], ends[np.append(apart, True)]
    lengths = (ends - begins)[ends - begins >= _SHORTEST]
    return Bursts(
        rate_hz=len(lengths) / len(power) * HOPS_PER_SECOND,
        length_s=float(np.median(lengths)) / HOPS_PER_SECOND if len(lengths) else 0.0,
        duty=float(active.mean()),
        range_db=float(loud - quiet),
    )
