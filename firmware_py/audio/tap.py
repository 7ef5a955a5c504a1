"""The live tap: both directions of the call from one sound card, as the device hears them."""

import contextlib
import logging
import queue
import time
from collections.abc import Iterator
from typing import Final

import numpy as np

from firmware_py.audio.liveness import Liveness
from firmware_py.audio.resampler import Resampler, from_int16
from firmware_py.audio.sound_card import SoundCard, TapError
from firmware_py.core.types import RATE, Block, PcmArray
from firmware_py.settings.config import Tap

WAITING_BLOCKS: Final = 50
"""Blocks that may wait for the ear (6 s); beyond that the newest is lost, and counted."""
_PATIENCE_S: Final = 0.25
_REOPEN_S: Final = 2.0
_NOTHING: Final = np.empty((0, 2), dtype=np.int16)

_log = logging.getLogger(__name__)


class TapSource:
    """Source of live Blocks; opens the device again whenever the sound stops.

    While no sound comes an empty Block comes every quarter of a second, so that whoever listens
    can look after other things.
    """

    def __init__(self, tap: Tap, *, wait: bool = False) -> None:
        """Open the device.

        Args:
            tap: which one.
            wait: whether to wait for a device that is not there yet.

        Raises:
            TapError: it is not there, or cannot be opened.
        """
        self._tap = tap
        self._frames: queue.Queue[tuple[int, PcmArray]] = queue.Queue(WAITING_BLOCKS)
        self._seq = 0
        self._closed = False
        self._card: SoundCard | None = None
        self._tried = time.monotonic()
        self.problem = ""
        """Why no sound comes at the moment, one line; empty while it flows."""
        try:
            self._open()
        except TapError as error:
            if not wait:
                raise
            self.problem = str(error)

    def __iter__(self) -> Iterator[Block]:
        """Iterate over the Blocks until closed."""
        while not self._closed:
            try:
                seq, frames = self._frames.get(timeout=_PATIENCE_S)
            except queue.Empty:
                self._watch()
                yield Block(self._seq, _NOTHING)
                continue
            self._liveness.heard(time.monotonic())
            self._flow()
            yield Block(seq, self._as_heard(frames))

    @property
    def behind_s(self) -> float:
        """Seconds of sound that wait unheard."""
        return self._frames.qsize() * self._tap.block_samples / RATE

    def stop(self) -> None:
        """Let iterating end within a moment; for signal handlers, so it touches no device."""
        self._closed = True

    def close(self) -> None:
        """Give the device back; iterating ends."""
        self._closed = True
        self._shut()

    def __str__(self) -> str:
        return str(self._card or "no sound card")

    def _open(self) -> None:
        self._frames = queue.Queue(WAITING_BLOCKS)  # what an earlier card gave has another shape
        self._card = SoundCard(self._tap, self._take)
        self._resampler = Resampler(self._card.rate)
        self._liveness = Liveness(time.monotonic())
        self._flows = False

    def _flow(self) -> None:
        """Note that sound comes; said once for each opening of the device."""
        self.problem = ""
        if not self._flows:
            self._flows = True
            _log.info("hearing %s", self._card)

    def _shut(self) -> None:
        card, self._card = self._card, None
        if card:
            card.close()

    def _take(self, frames: PcmArray) -> None:
        """Take frames from PortAudio's own thread, which must never wait."""
        # Frames that find no room leave a gap in the numbers, which the pipeline counts.
        with contextlib.suppress(queue.Full):
            self._frames.put_nowait((self._seq, frames))
        self._seq += 1

    def _as_heard(self, frames: PcmArray) -> PcmArray:
        if self._card and (self._card.rate, self._card.channels) == (RATE, 2):
            return frames
        return self._resampler.feed(from_int16(frames))

    def _watch(self) -> None:
        """See why nothing comes, and try to open the device again, but not all the time."""
        now = time.monotonic()
        if self._card:
            # What was wrong stays so until sound comes.
            self.problem = self._liveness.problem(now) or self.problem
            if not self._liveness.hopeless(now):
                return
            self._shut()
        if now - self._tried >= _REOPEN_S:
            self._tried = now
            try:
                self._open()
            except TapError as error:
                self.problem = str(error)
