"""Recordings as a Source."""

from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given, settings

from firmware_py.audio.file import FileSource, SoundFileError
from firmware_py.core.types import RATE


def tone(seconds: float, rate: int, hz: float = 440.0) -> npt.NDArray[np.float64]:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)


def played(path: Path, block: int = 960) -> npt.NDArray[np.int16]:
    return np.concatenate([item.pcm for item in FileSource(path, block)])


def test_stereo_keeps_left_and_right_apart(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    left, right = tone(1, RATE), tone(1, RATE, 1000)
    soundfile.write(path, np.stack([left, right], axis=1), RATE)
    pcm = played(path)
    assert pcm[:, 0] / 32768 == pytest.approx(left, abs=1e-4)
    assert pcm[:, 1] / 32768 == pytest.approx(right, abs=1e-4)


@pytest.mark.situation("Sound", "caller left, agent right")
def test_swapped_the_caller_is_left(tmp_path: Path) -> None:
    path = tmp_path / "swapped.wav"
    soundfile.write(path, np.stack([tone(0.2, RATE), tone(0.2, RATE) / 4], axis=1), RATE)
    sides = np.concatenate([block.pcm for block in FileSource(path, swap=True)])
    assert (sides[:, ::-1] == played(path)).all()


def test_mono_is_the_agent_and_the_caller_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "agent.flac"
    soundfile.write(path, tone(0.5, RATE), RATE)
    pcm = played(path)
    assert pcm[:, 0].any()
    assert not pcm[:, 1].any()


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_any_rate_comes_out_at_16_khz(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, tone(2.5, rate), rate)
    pcm = played(path)
    assert len(pcm) == pytest.approx(2.5 * RATE, abs=2)
    middle = pcm[8000:-8000, 0] / 32768
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_any_width_is_read(tmp_path: Path, subtype: str) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, tone(0.2, RATE), RATE, subtype)
    assert played(path)[:, 0] / 32768 == pytest.approx(tone(0.2, RATE), abs=0.01)


def test_too_loud_floats_are_clipped_and_do_not_wrap(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, 4 * tone(0.2, RATE), RATE, "FLOAT")
    pcm = played(path)[:, 0]
    assert pcm.max() == 32767
    assert pcm.min() == -32768


@settings(max_examples=20)
@given(block=st.integers(1, 5000), rate=st.sampled_from([8000, RATE, 44100]))
def test_the_size_of_blocks_changes_no_sample(
    tmp_path_factory: pytest.TempPathFactory, block: int, rate: int
) -> None:
    path = tmp_path_factory.mktemp("audio") / "call.wav"
    soundfile.write(path, tone(0.3, rate), rate)
    assert np.array_equal(played(path, block), played(path, 960))


def test_blocks_are_counted_and_cannot_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, tone(0.25, RATE), RATE)
    blocks = list(FileSource(path, 960))
    assert [item.seq for item in blocks] == list(range(5))
    assert [len(item.pcm) for item in blocks] == [960, 960, 960, 960, 160]
    assert not any(item.pcm.flags.writeable for item in blocks)


def refused(path: Path) -> str:
    with pytest.raises(SoundFileError) as caught:
        list(FileSource(path))
    line = str(caught.value)
    assert str(path) in line
    assert "\n" not in line
    return line


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nowhere.wav")
    assert "is a folder" in refused(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello, this is no sound at all", b"RIFF\x10\0\0\0WAVE"])
def test_what_is_no_sound_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(content)
    assert "no sound file" in refused(path) or "empty" in refused(path)


@pytest.mark.situation(
    "Sound",
    "a recorder was cut off before it wrote the sizes",
    "the file is refused with the command that repairs it; the others are heard",
    "`sox --ignore-length FILE repaired.wav`",
)
def test_a_header_that_was_never_finished_is_named_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, tone(1, RATE), RATE)
    whole = path.read_bytes()
    data = whole.find(b"data")
    path.write_bytes(
        whole[:4] + bytes([36, 0, 0, 0]) + whole[8 : data + 4] + bytes(4) + whole[data + 8 :]
    )
    assert "0 seconds but 0.0 MB follow" in refused(path)
    assert "sox --ignore-length cut.wav" in refused(path)


def test_a_file_without_samples_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, np.zeros((0, 2)), RATE)
    assert "is empty" in refused(path)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_named_with_their_second(
    tmp_path: Path, bad: float
) -> None:
    path = tmp_path / "call.wav"
    samples = tone(3, RATE)
    samples[int(2.5 * RATE)] = bad
    soundfile.write(path, samples, RATE, "FLOAT")
    assert "in second 2" in refused(path)


def test_5_1_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, np.zeros((100, 6)), RATE)
    assert "6 channels" in refused(path)
    assert "remix" in refused(path)


def test_a_broken_flac_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "call.flac"
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, (RATE * 3, 2)), RATE)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4000] = bytes(4000)
    path.write_bytes(content)
    line = ""
    try:
        heard = len(played(path))
    except SoundFileError as error:
        line, heard = str(error), 0
    assert heard == RATE * 3 or str(path) in line


def test_a_rate_that_no_card_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, tone(0.1, RATE), 300_000_000)
    assert "300000000 samples a second" in refused(path)
