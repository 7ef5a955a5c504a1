"""The phone model and its runtimes; runs under ai-edge-litert and under tflite-runtime."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from firmware_py.core.types import FloatArray
from firmware_py.hearing import phone_model
from firmware_py.hearing.mel import BANDS, FLOOR
from firmware_py.hearing.model_file import ModelError, find_model
from firmware_py.hearing.phone_model import HOPS_PER_STEP, OUTPUTS, load_phone_model
from firmware_py.hearing.spelling import BLANK


def mel_rows(hops: int, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).normal(-9, 3, (hops, BANDS)).astype(np.float32)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A model of one's own to spoil."""
    for suffix in (".tflite", ".json"):
        shutil.copy(find_model().with_suffix(suffix), tmp_path)
    return tmp_path / find_model().name


def test_rows_are_log_probabilities() -> None:
    rows = load_phone_model().feed(mel_rows(60))
    assert rows.shape == (20, OUTPUTS)
    assert np.exp(rows).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_silence_is_blank() -> None:
    silence = np.full((300, BANDS), np.log(FLOOR), dtype=np.float32)
    assert (load_phone_model().feed(silence).argmax(axis=1) == BLANK).all()


def test_state_is_carried_and_reset() -> None:
    mel = mel_rows(HOPS_PER_STEP * 10)
    model = load_phone_model()
    once = model.feed(mel)
    later = model.feed(mel)
    model.reset()
    assert not np.array_equal(once, later)
    assert np.array_equal(once, model.feed(mel))


def test_a_step_waits_for_its_hops() -> None:
    model = load_phone_model()
    assert len(model.feed(mel_rows(HOPS_PER_STEP - 1))) == 0
    assert len(model.feed(mel_rows(1))) == 4


def test_the_packaged_model_is_the_one_its_sidecar_names() -> None:
    sidecar = json.loads(find_model().with_suffix(".json").read_text(encoding="utf-8"))
    assert load_phone_model().sha256 == sidecar["sha256"]


def test_the_model_is_small() -> None:
    assert find_model().stat().st_size <= 1_000_000


def test_a_tampered_model_is_refused(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(ModelError, match="wrong SHA-256"):
        load_phone_model(copy)


def test_a_truncated_model_is_refused(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:1000])
    with pytest.raises(ModelError, match="truncated"):
        load_phone_model(copy)


def test_garbage_with_a_fitting_hash_is_refused_in_one_line(copy: Path) -> None:
    import hashlib

    copy.write_bytes(b"no model at all")
    told = json.loads(copy.with_suffix(".json").read_text(encoding="utf-8"))
    told["sha256"] = hashlib.sha256(b"no model at all").hexdigest()
    copy.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(ModelError, match="refuses the phone model") as caught:
        load_phone_model(copy)
    assert "\n" not in str(caught.value)


def test_a_missing_model_and_a_missing_sidecar_are_named(copy: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.tflite"):
        load_phone_model(copy.with_name("nowhere.tflite"))
    copy.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match=r"sidecar .*phones\.json"):
        load_phone_model(copy)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"sha256": 1}'])
def test_a_broken_sidecar_is_named(copy: Path, text: str) -> None:
    copy.with_suffix(".json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"sidecar .* is broken"):
        load_phone_model(copy)


@pytest.mark.parametrize("colour", [5, "grey", [0.0], ["a"] * 40, [float("nan")] * 40])
def test_a_colour_that_is_none_is_named(copy: Path, colour: object) -> None:
    told = json.loads(copy.with_suffix(".json").read_text(encoding="utf-8"))
    copy.with_suffix(".json").write_text(json.dumps({**told, "colour": colour}), encoding="utf-8")
    with pytest.raises(ModelError, match=r"sidecar .* is broken"):
        load_phone_model(copy)


@pytest.mark.parametrize("key", ["tokens", "mel"])
def test_a_model_for_other_features_is_refused(copy: Path, key: str) -> None:
    told = json.loads(copy.with_suffix(".json").read_text(encoding="utf-8"))
    told[key] = ["a"] if key == "tokens" else {"rate": 8000}
    copy.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(ModelError, match="another version"):
        load_phone_model(copy)


def test_no_runtime_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_model, "RUNTIMES", ("no_such_runtime",))
    with pytest.raises(ModelError, match="pip install ai-edge-litert"):
        load_phone_model()
