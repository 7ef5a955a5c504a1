"""The live tap: both directions of the call as one stereo stream, by PyAudio."""

import contextlib
import queue
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from firmware_py.audio.liveness import Liveness
from firmware_py.core.errors import DeskcueError
from firmware_py.core.suppress_stderr import suppress_stderr
from firmware_py.core.types import RATE, Block
from firmware_py.settings.config import Tap

WAITING_BLOCKS: Final = 50
"""Blocks that may wait for the ear (6 s); beyond that the newest is lost, and counted."""
_PATIENCE_S: Final = 0.25
_REOPEN_S: Final = 2.0
_NOTHING: Final = np.empty((0, 2), dtype=np.int16)


class TapError(DeskcueError):
    """The tap cannot be opened."""


def _pyaudio() -> Any:
    try:
        import pyaudio
    except ImportError:
        raise TapError("PyAudio is missing: pip install pyaudio (needs portaudio19-dev)") from None
    with suppress_stderr():  # ALSA and JACK print eighty lines
        return pyaudio.PyAudio()


def devices() -> dict[str, int]:
    """Names of the sound devices that carry two channels in, with their numbers.

    Raises:
        TapError: PyAudio is missing.
    """
    audio = _pyaudio()
    try:
        return _stereo_inputs(audio)
    finally:
        audio.terminate()


def _stereo_inputs(audio: Any) -> dict[str, int]:
    infos = [audio.get_device_info_by_index(n) for n in range(audio.get_device_count())]
    return {
        str(info["name"]): int(info["index"]) for info in infos if info["maxInputChannels"] >= 2
    }


def choose(wanted: str, found: Mapping[str, int]) -> int:
    """Choose the device whose name holds ``wanted``; the first one if that is empty.

    Raises:
        TapError: there is no such device; the line names those that are there.
    """
    for name, number in found.items():
        if wanted.lower() in name.lower():
            return number
    there = ", ".join(found) or "none"
    if not wanted:
        raise TapError("no sound device carries two channels in; is the tap set up?")
    raise TapError(
        f"no sound device is named like {wanted!r} (two-channel inputs here: {there});"
        " correct device under [tap] in deskcue.toml"
    )


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
            TapError: it is not there, or cannot be opened at 16 kHz with two channels.
        """
        self._tap = tap
        self._blocks: queue.Queue[Block] = queue.Queue(WAITING_BLOCKS)
        self._seq = 0
        self._closed = False
        self._audio: Any = None
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
                block = self._blocks.get(timeout=_PATIENCE_S)
            except queue.Empty:
                self._watch()
                yield Block(self._seq, _NOTHING)
                continue
            self._liveness.heard(time.monotonic())
            self.problem = ""
            yield block

    def close(self) -> None:
        """Give the device back; iterating ends."""
        self._closed = True
        self._shut()

    def _open(self) -> None:
        audio = _pyaudio()
        try:
            number = choose(self._tap.device, _stereo_inputs(audio))
            with suppress_stderr():
                self._stream = audio.open(
                    rate=RATE,
                    channels=2,
                    format=8,  # paInt16
                    input=True,
                    input_device_index=number,
                    frames_per_buffer=self._tap.block_samples,
                    stream_callback=self._heard,
                )
        except (OSError, ValueError) as error:
            audio.terminate()
            raise TapError(
                f"cannot open the tap ({error}); does it run at 16 kHz, stereo?"
            ) from None
        except TapError:
            audio.terminate()
            raise
        self._audio = audio
        self._liveness = Liveness(time.monotonic())

    def _shut(self) -> None:
        if self._audio is None:
            return
        with contextlib.suppress(OSError):  # a device that is gone cannot be closed
            self._stream.close()
        self._audio.terminate()
        self._audio = None  # PortAudio does not survive being ended twice

    def _heard(self, data: bytes, *_: object) -> tuple[None, int]:
        """Take a Block from PortAudio's own thread, which must never wait."""
        pcm = np.frombuffer(data, dtype=np.int16).reshape(-1, 2)
        # A Block that finds no room leaves a gap in the numbers, which the chain counts.
        with contextlib.suppress(queue.Full):
            self._blocks.put_nowait(Block(self._seq, pcm))
        self._seq += 1
        return (None, 0)  # paContinue

    def _watch(self) -> None:
        """See why nothing comes, and try to open the device again, but not all the time."""
        now = time.monotonic()
        if self._audio is not None:
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
