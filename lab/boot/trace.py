"""What a process wrote, by strace, and whether any of it is sound."""

import re
import subprocess
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

WRITES: Final = (
    "write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg,splice,vmsplice,sendfile,"
    "copy_file_range,io_uring_setup"
)
"""Every call by which bytes leave a process, but for memory that is shared."""
WINDOW: Final = 2048
"""Samples that are compared at once."""
ALIKE: Final = 0.7
"""Correlation from which a piece of bytes is that sound; what is not stays below 0.5."""

Floats = NDArray[np.float64]

_CALL: Final = re.compile(r"\b(\w+)\(\d+<(.*?)>, ")
_BYTES: Final = re.compile(r'"((?:\\x[0-9a-f]{2})+)"')


def start(pid: int, into: Path) -> subprocess.Popen[bytes]:
    """Follow a process and all its threads; end it by SIGINT, and it lets go."""
    command = ["strace", "-f", "-qq", "-yy", "-xx", "-s", "4194304", "-e", f"trace={WRITES}"]
    return subprocess.Popen([*command, "-o", str(into), "-p", str(pid)], stderr=subprocess.DEVNULL)


def written(trace: Path) -> dict[str, bytes]:
    """Where to -> all that was written there, in order."""
    found: dict[str, list[bytes]] = defaultdict(list)
    with trace.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            if call := _CALL.search(line):
                found[_place(call[2])] += map(_plain, _BYTES.findall(line))
    return {place: b"".join(pieces) for place, pieces in found.items()}


def _place(name: str) -> str:
    """A file by its path, anything else by its sort."""
    plain = "".join(
        _plain(part).decode("utf-8", "replace") for part in re.findall(r"((?:\\x..)+)", name)
    )
    name = plain or name
    return name if name.startswith("/") else re.split(r"[:\[]", name)[0] or name


def _plain(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def shared_files(pid: int) -> set[str]:
    """Files that a process writes to through memory, where no call is seen."""
    lines = Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines()
    shared = (
        line.split(maxsplit=5) for line in lines if line.split()[1][1] + line.split()[1][3] == "ws"
    )
    return {parts[5].split(" (")[0] for parts in shared if len(parts) == 6}


def shrinks_to(data: bytes) -> float:
    """Share of the size that zlib leaves: text shrinks, sound and encoded sound do not."""
    return len(zlib.compress(data)) / len(data) if data else 0.0


class Sound:
    """A recording that may be found again in bytes."""

    def __init__(self, channels: Sequence[NDArray[np.float32]]) -> None:
        """Take the channels, each of shape [samples], and both of them interleaved."""
        both = np.stack(channels, axis=1).reshape(-1)
        self._references = [_Reference(one.astype(np.float64)) for one in (*channels, both)]

    def likeness(self, data: bytes) -> float:
        """Correlation of the bytes, taken as samples, with the recording, where it is largest.

        Two pieces that follow each other must both be like pieces of the recording that do, for
        any single piece of bytes with a pattern is like something in a minute of sound.
        """
        best = 0.0
        for view in views(data):
            for reference in self._references:
                found = [reference.place(piece) for piece in view]
                best = max((best, *map(_together, found, found[1:])))
        return best


def _together(first: tuple[float, int], second: tuple[float, int]) -> float:
    follows = abs(second[1] - first[1] - WINDOW) <= 2  # samples; a resampler may drift
    return min(first[0], second[0]) if follows else 0.0


class _Reference:
    def __init__(self, sound: Floats) -> None:
        size = 1 << (len(sound) + WINDOW).bit_length()
        self._size, self._lags = size, len(sound) - WINDOW + 1
        self._spectrum = np.fft.rfft(sound, size)
        total, square = (np.concatenate(([0.0], np.cumsum(x))) for x in (sound, sound**2))
        sums, squares = (x[WINDOW:] - x[:-WINDOW] for x in (total, square))
        energy = squares - sums**2 / WINDOW
        # Where the recording is silent nothing can be recognised.
        self._scale = np.where(energy > 1e-5 * WINDOW, 1 / np.sqrt(np.maximum(energy, 1e-12)), 0.0)

    def place(self, piece: Floats) -> tuple[float, int]:
        """Pearson's correlation where it is largest, and the sample at which that is.

        A sign turned round counts, too.
        """
        piece = piece - piece.mean()
        strength = float(np.sqrt(np.sum(piece**2)))
        if not strength:
            return 0.0, 0
        product = np.fft.irfft(self._spectrum * np.conj(np.fft.rfft(piece, self._size)), self._size)
        alike = np.abs(product[: self._lags]) * self._scale
        lag = int(alike.argmax())
        return float(alike[lag]) / strength, lag


def views(data: bytes) -> Iterator[list[Floats]]:
    """Bytes as int16 and float32 samples, wherever those may begin, in windows."""
    for kind, width in (("<i2", 2), ("<f4", 4)):
        for offset in range(width):
            samples = np.frombuffer(data, kind, (len(data) - offset) // width, offset)
            whole = len(samples) // WINDOW
            with np.errstate(invalid="ignore"):  # most bytes are no numbers
                pieces = samples[: whole * WINDOW].reshape(whole, WINDOW).astype(np.float64)
            yield [np.where(np.abs(one) < 1e6, one, 0.0) for one in pieces]
