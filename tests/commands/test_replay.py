"""``deskcue replay``: the contract of its output, and every kind of bad input."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_py.core.types import RATE
from tests.checkout import ROOT
from tests.commands.running import Deskcue

CALL = ROOT / "firmware_py" / "demo" / "call.ogg"
FINDING = {
    "type", "file", "at", "start", "end", "rule", "clause", "kind", "cue", "score", "advice",
}  # fmt: skip
SUMMARY = {"type", "file", "seconds", "cpu_seconds", "talk_share", "listen_share", "counts"}


def wav(path: Path, sound: object, rate: int = RATE, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, np.asarray(sound), rate, subtype=subtype)
    return path


def test_json_is_one_object_a_line_with_the_promised_keys(deskcue: Deskcue) -> None:
    heard = deskcue("replay", CALL, "--at", "14:00", "--json")
    *findings, summary = heard.objects
    assert heard.code == 0
    assert findings
    assert all(set(one) == FINDING and one["type"] == "finding" for one in findings)
    assert set(summary) == SUMMARY
    assert summary["type"] == "summary"
    assert sum(summary["counts"].values()) == len(findings)
    assert summary["seconds"] == pytest.approx(59.4, abs=0.1)
    assert 0.2 < summary["talk_share"] < 0.6
    assert 0.2 < summary["listen_share"] < 0.6
    assert summary["cpu_seconds"] > 0


def test_the_bundled_call_has_its_banned_phrase_and_its_interruption(deskcue: Deskcue) -> None:
    found = deskcue("replay", CALL, "--at", "14:00", "--json").objects[:-1]
    by_clause = {one["clause"]: one for one in found}
    assert {"F5", "E8", "E3"} <= set(by_clause)
    assert by_clause["F5"]["cue"] == "red"
    assert by_clause["F5"]["start"] == pytest.approx(26.6, abs=0.4)
    assert all(one["start"] <= one["end"] <= one["at"] for one in found)


def test_the_hour_decides_which_greeting_is_due(deskcue: Deskcue) -> None:
    clauses = [
        one["clause"] for one in deskcue("replay", CALL, "--at", "09:00", "--json").objects[:-1]
    ]
    assert "A2" in clauses


def test_two_files_are_two_calls(deskcue: Deskcue) -> None:
    heard = deskcue("replay", CALL, CALL, "--at", "14:00", "--json").objects
    half = len(heard) // 2
    for one in heard:
        one.pop("cpu_seconds", None)
    assert heard[:half] == heard[half:]


def test_a_person_gets_a_table(deskcue: Deskcue) -> None:
    shown = deskcue("replay", CALL, "--at", "14:00")
    assert shown.code == 0
    assert "F5" in shown.out
    assert "坐席说话" in shown.out
    english = deskcue("replay", CALL, "--at", "14:00", "--lang", "en").out
    assert "agent speaks" in english


@pytest.mark.parametrize(
    ("rate", "subtype", "channels"),
    [(8_000, "PCM_16", 2), (44_100, "PCM_24", 2), (48_000, "FLOAT", 1), (16_000, "PCM_U8", 1)],
)
def test_any_rate_and_width_is_heard(
    rate: int, subtype: str, channels: int, tmp_path: Path, deskcue: Deskcue
) -> None:
    hum = 0.1 * np.sin(np.arange(rate) * 440 * 2 * np.pi / rate)
    path = wav(tmp_path / "a.wav", np.stack([hum] * channels, axis=1), rate, subtype)
    heard = deskcue("replay", path, "--json")
    assert heard.code == 0
    assert heard.objects[-1]["seconds"] == pytest.approx(1.0, abs=0.02)


def bad_files(folder: Path) -> dict[str, Path]:
    text = folder / "text.wav"
    text.write_text("this is no sound", "utf-8")
    empty = folder / "empty.wav"
    empty.touch()
    hollow = np.zeros((0, 2))
    broken = np.full((RATE, 2), np.nan)
    return {
        "no sound file": text,
        "sound file": empty,
        "is empty": wav(folder / "hollow.wav", hollow),
        "no numbers": wav(folder / "nan.wav", broken, subtype="FLOAT"),
        "6 channels": wav(folder / "surround.wav", np.zeros((RATE, 6))),
        "no such file": folder / "nowhere.wav",
        "is a folder": folder,
    }


@pytest.mark.situation("The machine", "one file of many cannot be heard")
def test_bad_files_get_one_line_each_and_the_rest_is_heard(
    tmp_path: Path, deskcue: Deskcue
) -> None:
    bad = bad_files(tmp_path)
    heard = deskcue("replay", *bad.values(), CALL, "--at", "14:00", "--json")
    assert heard.code == 1
    lines = heard.err.splitlines()
    assert len(lines) == len(bad)
    for line, (what, path) in zip(lines, bad.items(), strict=True):
        assert line.startswith("deskcue: ")
        assert what in line
        assert str(path) in line
    assert [one["file"] for one in heard.objects if one["type"] == "summary"] == [str(CALL)]


def test_a_recording_that_breaks_off_is_shown_as_far_as_it_goes(
    tmp_path: Path, deskcue: Deskcue
) -> None:
    path = tmp_path / "cut.ogg"
    path.write_bytes(CALL.read_bytes()[:-100_000])
    asked = ("replay", path, "--at", "14:00")
    shown, told = deskcue(*asked), deskcue(*asked, "--json")
    assert shown.code == told.code == 1
    assert told.objects[-1]["type"] == "summary"
    assert told.objects[-1]["seconds"] < 60
    assert "F5" in shown.out
    assert shown.err == told.err
    assert shown.err.count("\n") == 1


def test_a_time_that_is_none_is_wrong_use(deskcue: Deskcue) -> None:
    shown = deskcue("replay", CALL, "--at", "25:61")
    assert shown.code == 2
    assert "09:05" in shown.err


def test_an_unknown_profile_is_told_with_the_known_ones(deskcue: Deskcue) -> None:
    shown = deskcue("replay", CALL, "--profile", "complaints")
    assert shown.code == 1
    assert 'did you mean "complaint"' in shown.err


@pytest.mark.parametrize("spoil", ["truncated", "changed"])
def test_a_wrong_model_is_refused_and_the_rest_goes_on(
    spoil: str, tmp_path: Path, deskcue: Deskcue
) -> None:
    from firmware_py.hearing.model_file import find_model

    good = find_model()
    content = bytearray(good.read_bytes())
    if spoil == "changed":
        content[1000] ^= 1
    else:
        del content[len(content) // 2 :]
    (tmp_path / "phones.tflite").write_bytes(content)
    (tmp_path / "phones.json").write_bytes(good.with_suffix(".json").read_bytes())
    settings = tmp_path / "deskcue.toml"
    settings.write_text(f'model = "{tmp_path}/phones.tflite"\n', "utf-8")
    heard = deskcue("replay", CALL, "--at", "14:00", "--json", "--config", settings)
    assert heard.code == 1
    assert len(heard.err.splitlines()) == 1
    assert "SHA-256" in heard.err
    counts = heard.objects[-1]["counts"]
    assert "phrase" not in counts
    assert counts["interruption"] == 1
