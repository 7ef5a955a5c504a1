"""A recording as a Source of Blocks: any format, rate and width that libsndfile reads."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from firmware_py.audio.cut_off import cut_off
from firmware_py.audio.resampler import Resampler, Samples
from firmware_py.audio.swap import swapped
from firmware_py.core.access import is_there
from firmware_py.core.errors import DeskcueError
from firmware_py.core.suppress_stderr import suppress_stderr
from firmware_py.core.types import RATE, Block, PcmArray
from firmware_py.settings.config import Tap

_LEAST_RATE: Final = 4_000
_MOST_RATE: Final = 768_000
"""Of a recording; a second of more would take memory and tell nothing."""
_HEADER_BYTES: Final = 4_096
"""No header is longer."""


class SoundFileError(DeskcueError):
    """A recording cannot be used."""


def _open(path: Path) -> soundfile.SoundFile:
    if not is_there(path):
        raise SoundFileError(f"{path}: there is no such file")
    if path.is_dir():
        raise SoundFileError(f"{path} is a folder; name the sound files in it")
    try:
        with suppress_stderr():  # mpg123 has much to say about a damaged MP3
            return soundfile.SoundFile(os.fsencode(path))  # any bytes may be a name
    except (soundfile.LibsndfileError, OSError) as error:
        reason = getattr(error, "error_string", None) or getattr(error, "strerror", None) or error
        raise SoundFileError(
            f"{path} is no sound file that can be read ({str(reason).rstrip('.')});"
            " use WAV, FLAC or OGG"
        ) from None


def _check(path: Path, file: soundfile.SoundFile) -> None:
    if file.channels > 2:
        raise SoundFileError(
            f"{path} has {file.channels} channels; make it two, agent left and caller right:"
            f" sox {path.name} call.wav remix AGENT CALLER"
        )
    if not _LEAST_RATE <= file.samplerate <= _MOST_RATE:
        raise SoundFileError(
            f"{path} has {file.samplerate} samples a second; 8000 to {_MOST_RATE} can be heard"
        )
    if file.frames == 0 and path.stat().st_size > _HEADER_BYTES:
        raise SoundFileError(
            f"{path}: its header says 0 seconds but {path.stat().st_size / 1e6:.1f} MB follow, as"
            " when a recorder is cut off; repair it with"
            f" sox --ignore-length {path.name} repaired.wav"
        )
    if file.frames == 0:
        raise SoundFileError(f"{path} is empty")


class FileSource:
    """Plays a recording: left is the agent, right the caller; mono is the agent alone."""

    problem: Final = ""
    behind_s: Final = 0.0
    """Sound of a file does not fail to come, nor does it wait."""

    def __init__(
        self,
        path: Path,
        block_samples: int = Tap().block_samples,
        *,
        realtime: bool = False,
        swap: bool = False,
    ) -> None:
        """Open it.

        Args:
            path: the recording.
            block_samples: samples per Block, at 16 kHz.
            realtime: whether to hand Blocks out no faster than they were spoken.
            swap: whether the caller is left and the agent right.

        Raises:
            SoundFileError: it is no sound, empty, or has more than two channels.
        """
        self._path = path
        self._block = block_samples
        self._realtime = realtime
        self._swap = swap
        self._file = _open(path)
        self._read_frames = 0
        try:
            _check(path, self._file)
        except SoundFileError:
            self._file.close()
            raise
        self.seconds: Final[float] = self._file.frames / self._file.samplerate
        """Duration that the file's header promises."""

    def __iter__(self) -> Iterator[Block]:
        """Iterate over the Blocks; the last may be short.

        Raises:
            SoundFileError: the file is broken in its midst or was cut off (what there is comes
                first), or holds NaN or infinite samples.
        """
        begun = time.monotonic()
        for seq, pcm in enumerate(self._blocks()):
            if self._realtime:
                ahead = (seq + 1) * self._block / RATE - (time.monotonic() - begun)
                time.sleep(max(0.0, ahead))
            block = Block(seq, pcm)
            yield swapped(block) if self._swap else block

    def close(self) -> None:
        """Close the file; iterating ends."""
        self._file.close()

    def _blocks(self) -> Iterator[PcmArray]:
        rest = np.empty((0, 2), dtype=np.int16)
        for pcm in self._at_16_khz():
            rest = np.concatenate((rest, pcm))
            while len(rest) >= self._block:
                block, rest = rest[: self._block].copy(), rest[self._block :]
                block.flags.writeable = False
                yield block
        if len(rest):
            rest.flags.writeable = False
            yield rest
        if not self._file.closed:
            self._check_end()

    def _at_16_khz(self) -> Iterator[PcmArray]:
        """Both channels at the device's rate, in pieces of bounded length."""
        resampler = Resampler(self._file.samplerate)
        for piece in self._pieces():
            yield resampler.feed(piece)
        yield resampler.finish()

    def _read(self) -> Samples:
        with suppress_stderr() if self._file.format == "MP3" else contextlib.nullcontext():
            samples: Samples = self._file.read(
                self._file.samplerate, dtype="float32", always_2d=True
            )
            return samples

    def _check_end(self) -> None:
        """Raise if the recording ought to go on."""
        if missing := cut_off(self._path, self._read_frames / self._file.frames):
            raise SoundFileError(
                f"of {self._path} only {self._read_s:.1f} s can be heard: {missing}"
            )

    @property
    def _read_s(self) -> float:
        return self._read_frames / float(self._file.samplerate)

    def _pieces(self) -> Iterator[Samples]:
        while not self._file.closed:
            try:
                samples = self._read()
            except soundfile.LibsndfileError as error:
                raise SoundFileError(f"{self._path} is broken ({error.error_string})") from None
            if len(samples) == 0:
                break
            if not np.isfinite(samples).all():
                raise SoundFileError(
                    f"{self._path} holds samples that are no numbers (NaN or infinite),"
                    f" the first in second {self._read_s:.0f}; export it again"
                )
            self._read_frames += len(samples)
            yield samples
