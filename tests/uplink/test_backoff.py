"""Pauses between connections."""

import pytest

from firmware_py.uplink.backoff import LONGEST_S, Backoff


def pauses(draw: float, count: int) -> list[float]:
    backoff = Backoff(lambda: draw)
    return [backoff.failed() for _ in range(count)]


def test_pauses_double_up_to_a_minute() -> None:
    assert pauses(1.0, 8) == [2, 4, 8, 16, 32, LONGEST_S, LONGEST_S, LONGEST_S]


@pytest.mark.situation("The broker and the network", "connections do not last")
@pytest.mark.parametrize("draw", [0.0, 0.3, 1.0])
def test_chance_takes_away_half_at_most(draw: float) -> None:
    full = pauses(1.0, 8)
    assert all(
        whole / 2 <= some <= whole for some, whole in zip(pauses(draw, 8), full, strict=True)
    )


@pytest.mark.situation(
    "The broker and the network",
    "connections do not last",
    "pauses of 1–2 s that double up to a minute, with jitter",
    "one line; `connected` again once a connection lasted",
)
def test_a_login_that_does_not_last_is_a_failure() -> None:
    backoff = Backoff(lambda: 1.0)
    assert [backoff.ended(0.1) for _ in range(4)] == [2, 4, 8, 16]
    assert backoff.ended(29.0) == 32
    assert backoff.ended(65.0) == 2, "longer than twice the last pause: steady again"


@pytest.mark.situation("The broker and the network", "two desks with one name")
def test_two_that_throw_each_other_out_never_come_back_quickly() -> None:
    backoff, pause = Backoff(lambda: 1.0), 0.0
    for _ in range(20):  # the other comes back, and throws this one out, after its own pause
        pause = backoff.ended(pause)
    assert pause == LONGEST_S
