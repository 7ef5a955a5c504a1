"""Recordings that end before their end: what there is is heard, and the rest is told."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_py.audio.cut_off import cut_off
from firmware_py.audio.file import FileSource, SoundFileError
from firmware_py.core.types import RATE

SECONDS = 4
NOISE = np.random.default_rng(7).normal(0, 0.1, (SECONDS * RATE, 2)).clip(-1, 1)


def recording(folder: Path, kind: str) -> Path:
    path = folder / f"call.{kind}"
    soundfile.write(path, NOISE, RATE)
    return path


def heard(path: Path) -> tuple[int, str]:
    """Samples that were heard, and what was said at the end."""
    samples = 0
    try:
        for block in FileSource(path):
            samples += len(block.pcm)
    except SoundFileError as error:
        return samples, str(error)
    return samples, ""


def halve(content: bytes) -> bytes:
    return content[: len(content) // 2]


def say_less(content: bytes) -> bytes:
    place = content.find(b"data") + 4
    return content[:place] + struct.pack("<I", 4 * RATE) + content[place + 4 :]


@pytest.mark.situation(
    "Sound",
    "a recording was cut off, or its header is wrong",
    "what there is is heard and shown",
    "one line says how much that was and what to do; exit code 1",
)
@pytest.mark.parametrize(
    ("kind", "spoil", "line"),
    [
        ("wav", halve, "0.1 MB that its header promises are missing"),
        ("wav", say_less, "0.2 MB follow of which its header says nothing"),
        ("ogg", halve, "no last page"),
        ("mp3", halve, "% of it is missing"),
    ],
)
def test_what_is_there_is_heard_and_the_rest_is_told(
    tmp_path: Path, kind: str, spoil: Callable[[bytes], bytes], line: str
) -> None:
    path = recording(tmp_path, kind)
    path.write_bytes(spoil(path.read_bytes()))
    samples, said = heard(path)
    assert RATE / 2 < samples < (SECONDS - 1) * RATE
    assert line in said


@pytest.mark.parametrize("kind", ["wav", "ogg", "mp3", "flac"])
def test_a_whole_recording_is_left_in_peace(tmp_path: Path, kind: str) -> None:
    assert heard(recording(tmp_path, kind)) == (SECONDS * RATE, "")


@pytest.mark.parametrize("length", [0x7FFF_FFFF, 0xFFFF_FFFF])
def test_a_wave_that_was_streamed_promises_nothing(tmp_path: Path, length: int) -> None:
    path = recording(tmp_path, "wav")
    content = path.read_bytes()
    place = content.find(b"data") + 4
    path.write_bytes(content[:place] + struct.pack("<I", length) + content[place + 4 :])
    assert heard(path)[1] == ""


@pytest.mark.parametrize("rest", [bytes(20_000), b"id3 " + struct.pack("<I", 9_992) + bytes(9_992)])
def test_padding_and_further_chunks_are_no_sound(tmp_path: Path, rest: bytes) -> None:
    path = recording(tmp_path, "wav")
    path.write_bytes(path.read_bytes() + rest)
    assert cut_off(path, 1) == ""


def test_an_estimated_length_is_no_promise(tmp_path: Path) -> None:
    path = recording(tmp_path, "mp3")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Xing", bytes(4)).replace(b"Info", bytes(4)))
    assert cut_off(path, 0.2) == ""
