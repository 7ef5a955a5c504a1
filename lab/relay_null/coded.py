"""Sound in which every sample says where it belongs: speech, with a counter in its lowest bits.

What lies before the relay and what comes out of it are recorded side by side. So a gap of the
player or of the recorder, which a busy machine may make, is told from a break of the relay: the
first two are in what went in, too, and nothing is compared around them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

TURN: Final = 251
"""The counter's range: prime, so that no gap of whole quanta hides in it."""
_SCALE: Final = 2**23
"""A 32-bit float holds 24 bits exactly."""
_LONGEST: Final = 512
"""Frames of delay that are looked for, at most."""

Float = NDArray[np.float32]
Whole = NDArray[np.int64]


def coded(speech: NDArray[np.int16]) -> Float:
    """Speech with a counter below its 16 bits, float32 [n]."""
    counter = np.arange(len(speech)) % TURN
    return ((speech.astype(np.int64) * 256 + counter) / _SCALE).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of sound on its way."""

    frames: int
    """Compared."""
    delay: int
    """Frames by which it comes later."""
    changed: int
    """Frames that are not, bit for bit, what went in."""
    breaks: int
    """Places where the counter jumps that did not jump before."""
    gaps: int
    """Gaps in what went in: the player's and the recorder's."""


def compared(before: Float, after: Float, margin: int) -> Passed:
    """Compare what went in with what came out, each float32 [n], recorded side by side.

    Args:
        before: what went in.
        after: what came out.
        margin: frames around a gap of ``before`` that are not compared: two quanta.

    Raises:
        ValueError: nothing that was coded is in them.
    """
    first = _first_sound(after)
    came, went = _whole(before[first:]), _whole(after[first:])
    delay = _delay(came, went)
    came, went = came[: len(came) - delay], went[delay:]
    old = _jumps(came)
    torn = _around(old, len(came), delay + margin)
    new = _jumps(went)
    return Passed(
        frames=int(np.count_nonzero(~torn)),
        delay=delay,
        changed=int(np.count_nonzero((came != went) & ~torn)),
        breaks=int(np.count_nonzero(~torn[new])),
        gaps=int(np.count_nonzero(np.diff(old, prepend=-_LONGEST) > margin)),
    )


def _around(places: NDArray[np.intp], length: int, reach: int) -> NDArray[np.bool_]:
    """Whether a frame is so near to one of the places, bool [length]."""
    edges = np.zeros(length + 1, dtype=np.int64)
    np.add.at(edges, np.maximum(places - reach, 0), 1)
    np.add.at(edges, np.minimum(places + reach, length), -1)
    return np.asarray(np.cumsum(edges[:-1]) > 0)


def _whole(sound: Float) -> Whole:
    """The numbers that were coded; what is none becomes one that fits nowhere."""
    scaled = sound.astype(np.float64) * _SCALE
    whole = np.rint(scaled).astype(np.int64)
    whole[scaled != whole] = np.iinfo(np.int64).max
    return whole


def _jumps(whole: Whole) -> NDArray[np.intp]:
    """Places before which the counter does not go up by one."""
    return np.flatnonzero((np.diff(whole & 0xFF) - 1) % TURN) + 1


def _first_sound(sound: Float) -> int:
    """Where a recording begins to be coded sound for a while."""
    edges = np.concatenate([[0], _jumps(_whole(sound)), [len(sound)]])
    steady = np.flatnonzero(np.diff(edges) > 3 * _LONGEST)
    if not len(steady):
        raise ValueError("no sound came through")
    return int(edges[steady[0]])


def _delay(came: Whole, went: Whole) -> int:
    """The shift at which most is the same."""
    probe = went[_LONGEST : 2 * _LONGEST]
    same = [
        np.count_nonzero(came[_LONGEST - shift : 2 * _LONGEST - shift] == probe)
        for shift in range(_LONGEST)
    ]
    return int(np.argmax(same))
