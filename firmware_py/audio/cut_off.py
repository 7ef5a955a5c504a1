"""Whether a recording ends before its end: libsndfile reads what there is and does not say so.

WAVE files promise a length (IBM and Microsoft, "Multimedia Programming Interface and Data
Specifications 1.0", 1991), Ogg streams mark their last page (RFC 3533, section 6), MP3 files have
a length that can be relied on where they begin with Xing's header.
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO, Final

_CHUNK: Final = struct.Struct("<4sI")
_STREAMED: Final = 0x7FFF_0000
"""WAVE lengths from here on are what programs write that cannot know the length."""
_SLACK: Final = 4_096
"""Bytes that may be missing or too many: the rest of a block, padding."""
_ENOUGH: Final = 0.98
"""Share of an MP3 that is all of it."""
_LARGEST_PAGE: Final = 65_307
"""Bytes of an Ogg page at most."""
_LAST: Final = 4
"""Flag of the last page."""


def cut_off(path: Path, share: float) -> str:
    """What is missing of a recording, as the end of a sentence; empty: nothing that could be told.

    Args:
        path: the recording.
        share: how much of the length that libsndfile names was read, 0 to 1.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_file():  # what is read from a pipe is gone
        return ""
    with path.open("rb") as file:
        start, size = file.read(_SLACK), os.fstat(file.fileno()).st_size
        if start[:4] == b"RIFF" and start[8:12] == b"WAVE":
            file.seek(12)
            return _of_wave(file, size)
        if start[:4] == b"OggS":
            return _of_ogg(file, size)
    if share < _ENOUGH and any(name in start for name in (b"Xing", b"Info")):
        return f"{1 - share:.0%} of it is missing or cannot be read; export it again"
    return ""


def _of_wave(file: BinaryIO, size: int) -> str:
    length, begin = _sound(file), file.tell()
    missing = begin + length - size
    if length < _STREAMED and missing > _SLACK:
        return f"{_megabytes(missing)} that its header promises are missing; copy it again"
    if _more_sound(file, begin + length, size):
        return (
            f"{_megabytes(-missing)} follow of which its header says nothing; repair it with"
            " sox --ignore-length FILE repaired.wav"
        )
    return ""


def _sound(file: BinaryIO) -> int:
    """Bytes in the chunk of sound, at which the file stands then."""
    while len(head := file.read(_CHUNK.size)) == _CHUNK.size:
        name, length = _CHUNK.unpack(head)
        if name == b"data":
            return int(length)
        file.seek(length + length % 2, os.SEEK_CUR)
    return 0


def _more_sound(file: BinaryIO, end: int, size: int) -> bool:
    """Whether what follows a chunk is neither another one nor padding."""
    if size - end <= _SLACK:
        return False
    file.seek(end)
    rest = file.read(_SLACK)
    # A chunk begins at an even place, which some writers forget.
    return any(rest) and not any(_is_chunk(rest[skip:], size - end) for skip in (0, 1))


def _is_chunk(head: bytes, room: int) -> bool:
    name: bytes
    name, length = _CHUNK.unpack_from(head)
    fits: bool = length <= room
    return fits and name.isascii() and name.decode("ascii").isprintable()


def _of_ogg(file: BinaryIO, size: int) -> str:
    file.seek(max(0, size - _LARGEST_PAGE))
    rest = file.read()
    page = rest.rfind(b"OggS")
    if page >= 0 and rest[page + 5 : page + 6] and rest[page + 5] & _LAST:
        return ""
    return "its stream has no last page; copy it again"


def _megabytes(length: int) -> str:
    return f"{length / 1e6:.1f} MB"
