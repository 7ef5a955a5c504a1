"""Whether the sound still flows."""

from firmware_py.audio.liveness import Liveness


def test_a_tap_gets_a_moment_to_begin() -> None:
    assert Liveness(opened=5.0).problem(5.9) == ""


def test_an_open_tap_without_any_sound_is_named() -> None:
    assert "no sound ever came" in Liveness(opened=5.0).problem(6.0)


def test_sound_that_stops_is_named_and_sound_that_comes_back_is_fine() -> None:
    liveness = Liveness(opened=0.0)
    liveness.heard(3.0)
    assert liveness.problem(3.9) == ""
    assert liveness.problem(5.5).startswith("no sound for 2.5 s")
    liveness.heard(6.0)
    assert liveness.problem(6.1) == ""


def test_a_new_tap_has_time_to_be_linked_and_one_that_fell_silent_is_opened_anew() -> None:
    tap = Liveness(opened=10.0)
    assert tap.problem(12.0)
    assert not tap.hopeless(12.0)
    assert tap.hopeless(20.0)
    tap.heard(20.5)
    assert not tap.hopeless(21.0)
    assert tap.hopeless(21.6)
