"""Power, clock and relay, as the programs that know would tell."""

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.device.host import clock, power, relay
from firmware_py.settings.config import RelayMode


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("throttled=0x50005", r"voltage is too low.*0x50005"),
        ("throttled=0x4", "is throttled"),
        ("throttled=0x80000", "since the boot it happened that .*limit of heat"),
    ],
)
def test_a_pi_that_starves_or_sweats_is_named(said: str, line: str) -> None:
    with pytest.raises(DeskcueError, match=line):
        power(lambda *_: said)


def test_a_pi_that_is_well_and_no_pi_are_fine() -> None:
    assert power(lambda *_: "throttled=0x0") == "voltage and temperature are well"
    assert "no Pi" in power(lambda *_: "")


def test_a_clock_that_nobody_set_is_a_fault() -> None:
    assert clock(lambda *_: "yes") == "set from the network"
    with pytest.raises(DeskcueError, match="set-ntp true"):
        clock(lambda *_: "no")


def test_a_relay_that_does_not_run_is_a_fault_where_there_should_be_one() -> None:
    assert relay(RelayMode.TAP, lambda *_: "").startswith("none")
    assert relay(RelayMode.CARDS, lambda *_: "active").startswith("cards: PipeWire")
    with pytest.raises(DeskcueError, match=r"deskcue-relay-policy.* does not run.*setup audio"):
        relay(RelayMode.CARDS, lambda *asked: "" if "policy" in asked[-1] else "active")


def test_what_a_program_says_may_be_any_words() -> None:
    assert "does not say" in power(lambda *_: "VCHI initialization failed")
