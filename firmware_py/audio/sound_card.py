"""Finds and opens the tap's sound card, at whatever rate and width it knows (PyAudio)."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from firmware_py.core.access import joining
from firmware_py.core.errors import DeskcueError
from firmware_py.core.suppress_stderr import suppress_stderr
from firmware_py.core.types import RATE, PcmArray
from firmware_py.settings.config import Tap

USUAL_RATES: Final = (48_000, 44_100, 96_000, 32_000)
"""Rates that cards know, tried after the device's own."""
_INT16: Final = 8
"""PortAudio's paInt16; it converts what a card gives in 24 or 32 bits."""
_DEVICES: Final = Path("/dev/snd")


class TapError(DeskcueError):
    """The tap cannot be opened."""


@dataclass(frozen=True, slots=True)
class Input:
    """A sound device that can be heard."""

    name: str
    number: int
    """By which PortAudio knows it."""
    channels: int
    """Most that it has."""
    rate: int
    """Samples per second that it prefers."""


def choose(wanted: str, found: Sequence[Input]) -> Input:
    """Choose the device whose name holds ``wanted``; one with both directions goes first.

    Raises:
        TapError: there is no such device; the line names those that are there.
    """
    for least in (2, 1):
        for one in found:
            if one.channels >= least and wanted.lower() in one.name.lower():
                return one
    if not wanted:
        raise TapError(f"no sound device can be heard here; {_missing()}")
    there = ", ".join(one.name for one in found) or f"none; {_missing()}"
    raise TapError(
        f"no sound device is named like {wanted!r} (here: {there});"
        " correct device under [tap] in deskcue.toml"
    )


def _missing() -> str:
    cards = [*_DEVICES.glob("pcm*c")]
    if cards and not any(os.access(card, os.R_OK | os.W_OK) for card in cards):
        return joining("audio")
    return "is the tap plugged in and set up?"


def formats(device: Input) -> Iterator[tuple[int, int]]:
    """Rates and channels to try, the best first: at 16 kHz nothing needs resampling."""
    widths = dict.fromkeys((min(2, device.channels), device.channels))
    for rate in dict.fromkeys((RATE, device.rate, *USUAL_RATES)):
        for channels in widths:
            yield rate, channels


class SoundCard:
    """An open card; hands its frames over from PortAudio's own thread."""

    def __init__(self, tap: Tap, take: Callable[[PcmArray], None]) -> None:
        """Open the card and let it run.

        Args:
            tap: which one.
            take: takes int16 frames of shape [samples, channels]; it must never wait.

        Raises:
            TapError: there is no such card, or it cannot be opened in any way that is known.
        """
        self._block, self._take = tap.block_samples, take
        self.rate = self.channels = 0
        self.name = ""
        failures: list[str] = []
        # Some cards speak widths that PortAudio does not know; ALSA's plug layer converts those.
        for plug in ("0", "1"):
            self._audio = _pyaudio(plug)
            try:
                self._stream = self._open(tap.device, failures)
            except TapError:
                self._audio.terminate()
                raise
            if self._stream:
                return
            self._audio.terminate()
        raise TapError(
            f"cannot open {self.name} at any rate ({failures[0]}); is another program using it?"
        )

    def __str__(self) -> str:
        only = "" if self.channels > 1 else ": the agent alone, the caller is not heard"
        channels = "1 channel" if self.channels == 1 else f"{self.channels} channels"
        return f"{self.name}, {self.rate} Hz, {channels}{only}"

    def _open(self, wanted: str, failures: list[str]) -> Any:
        device = choose(wanted, _inputs(self._audio))
        self.name = device.name
        for self.rate, self.channels in formats(device):
            try:
                with suppress_stderr():
                    return self._audio.open(
                        rate=self.rate,
                        channels=self.channels,
                        format=_INT16,
                        input=True,
                        input_device_index=device.number,
                        frames_per_buffer=round(self._block * self.rate / RATE),
                        stream_callback=self._heard,
                    )
            except (OSError, ValueError) as error:
                failures.append(str(error))
        return None

    def _heard(self, data: bytes, *_: object) -> tuple[None, int]:
        self._take(np.frombuffer(data, dtype=np.int16).reshape(-1, self.channels))
        return (None, 0)  # paContinue

    def close(self) -> None:
        """Give the card back; once only, for PortAudio does not survive being ended twice."""
        with contextlib.suppress(OSError):  # a card that is gone cannot be closed
            self._stream.close()
        self._audio.terminate()


def _pyaudio(plug: str) -> Any:
    try:
        import pyaudio
    except ImportError:
        raise TapError("PyAudio is missing: pip install pyaudio (needs portaudio19-dev)") from None
    os.environ["PA_ALSA_PLUGHW"] = plug  # PortAudio reads it when it starts
    with suppress_stderr():  # ALSA and JACK print eighty lines
        return pyaudio.PyAudio()


def _inputs(audio: Any) -> list[Input]:
    infos = [audio.get_device_info_by_index(n) for n in range(audio.get_device_count())]
    return [
        Input(
            str(info["name"]),
            int(info["index"]),
            int(info["maxInputChannels"]),
            round(info["defaultSampleRate"]),
        )
        for info in infos
        if info["maxInputChannels"] >= 1
    ]
