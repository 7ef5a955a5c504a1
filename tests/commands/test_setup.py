"""``deskcue setup audio`` at desks whose hardware was written down."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from firmware_py.commands import setup
from firmware_py.relay.configuration import PIPEWIRE
from firmware_py.relay.hardware import read_cards
from firmware_py.settings.config import RelayMode
from tests.commands.running import Deskcue, Ran
from tests.relay.recorded import cards, lay

Run = Callable[..., Ran]


@pytest.fixture
def at(
    tmp_path: Path, settings: Path, deskcue: Deskcue, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Run]:
    """Sit down at a desk; gives what runs ``setup audio`` there."""
    monkeypatch.setattr(setup, "check_versions", lambda: "PipeWire 1.4.2, WirePlumber 0.5.8")

    def sit(desk: str) -> Run:
        place = tmp_path / desk
        monkeypatch.setattr(setup, "read_cards", partial(read_cards, place, lay(desk, place)))
        return partial(
            deskcue, "setup", "audio", "--config", settings, "--folder", tmp_path / "out"
        )

    return sit


def written(folder: Path) -> dict[str, str]:
    out = folder / "out"
    return {str(p.relative_to(out)): p.read_text("utf-8") for p in out.rglob("*") if p.is_file()}


def test_it_shows_who_is_who_writes_and_says_what_comes_next(
    at: Callable[[str], Run], tmp_path: Path
) -> None:
    shown = at("headset_and_card")("--mode", "cards")
    assert shown.code == 0
    assert all(word in shown.out for word in ("0b0e:0305", "headset", "computer", "enable --now"))
    assert len(written(tmp_path)) == 3


def test_again_it_changes_nothing(at: Callable[[str], Run], tmp_path: Path) -> None:
    run = at("headset_and_card")
    run("--mode", "cards")
    before = written(tmp_path)
    again = run("--mode", "cards")
    assert "all as it was" in again.out
    assert written(tmp_path) == before
    assert run("--mode", "cards", "--quantum", "256").code == 0
    assert written(tmp_path)[PIPEWIRE] != before[PIPEWIRE]


def test_a_dry_run_writes_nothing(at: Callable[[str], Run], tmp_path: Path) -> None:
    shown = at("headset_and_card")("--mode", "cards", "--dry-run")
    assert shown.code == 0
    assert PIPEWIRE in shown.out
    assert not (tmp_path / "out").exists()


def test_what_was_edited_by_hand_is_kept_unless_forced(
    at: Callable[[str], Run], tmp_path: Path
) -> None:
    run = at("headset_and_card")
    run("--mode", "cards")
    path = tmp_path / "out" / PIPEWIRE
    path.write_text(path.read_text("utf-8").replace("128", "512"), "utf-8")
    before = written(tmp_path)
    refused = run("--mode", "cards", "--quantum", "64")
    assert refused.code == 1
    assert "edited by hand" in refused.err
    assert len(refused.err.splitlines()) == 1
    assert written(tmp_path) == before
    assert run("--mode", "cards", "--quantum", "64", "--force").code == 0
    assert "512" not in written(tmp_path)[PIPEWIRE]


def test_a_card_that_vanishes_meanwhile_leaves_all_as_it_was(
    at: Callable[[str], Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = at("headset_and_card")
    looks = iter([cards("headset_and_card", tmp_path / "before"), []])
    monkeypatch.setattr(setup, "read_cards", lambda: next(looks))
    shown = run("--mode", "cards")
    assert shown.code == 1
    assert "unplugged meanwhile" in shown.err
    assert not (tmp_path / "out").exists()


def test_a_tap_needs_no_relay(at: Callable[[str], Run], tmp_path: Path) -> None:
    shown = at("line_input")("--mode", RelayMode.TAP)
    assert shown.code == 0
    assert '[tap] device = "USB AUDIO  CODEC"' in shown.out
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("desk", ["no_card", "one_card", "three_headsets"])
def test_a_desk_that_cannot_be_set_up_is_one_line_beside_the_table(
    at: Callable[[str], Run], tmp_path: Path, desk: str
) -> None:
    shown = at(desk)("--mode", "cards")
    assert shown.code == 1
    assert len(shown.err.splitlines()) == 1
    assert "role" in shown.out
    assert not (tmp_path / "out").exists()


def test_a_mode_that_is_none_is_told_the_plain_names(deskcue: Deskcue) -> None:
    refused = deskcue("setup", "audio", "--mode", "nonsense")
    assert refused.code == 2
    assert "RelayMode" not in refused.err
    assert all(name in refused.err for name in ("nonsense", "tap", "cards", "gadget", "lab"))
