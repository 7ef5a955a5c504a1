"""The desk light: what it says, and the LED that says it."""

import itertools
import threading
from collections.abc import Iterator

import gpiozero
import hypothesis.strategies as st
import lgpio
import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin
from hypothesis import given

from firmware_py.core.errors import DeskcueError
from firmware_py.core.problems import Fault
from firmware_py.core.types import Cue, Finding
from firmware_py.light.driver import RETRY_S, LightDriver
from firmware_py.light.led import GpioLed, NoLed, ReopeningLed, open_led
from firmware_py.light.pattern import AMBER, CALM, RED, Pattern, fault_pattern
from firmware_py.light.scheduler import CHANGE_S, LightScheduler
from firmware_py.settings.config import Light
from tests.mosquitto import PATIENCE_S, wait_for

PATTERNS = [AMBER, RED, *map(fault_pattern, Fault)]


def finding(at: float, cue: Cue) -> Finding:
    return Finding("rule", "F5", "phrase", at, at - 1, at, cue, -0.1)


def test_it_is_dark_until_something_is_found() -> None:
    glow = LightScheduler()
    assert glow.at(0) == glow.at(1000) == (0, 0, 0)


@pytest.mark.parametrize(("cue", "pattern"), [(Cue.AMBER, AMBER), (Cue.RED, RED)])
def test_a_cue_is_shown_at_once_and_ends_by_itself(cue: Cue, pattern: Pattern) -> None:
    glow = LightScheduler()
    glow.accept(finding(10, cue))
    assert glow.pattern(10) is pattern
    last = pattern.rounds * pattern.round_s
    assert glow.pattern(10 + last - 0.01) is pattern
    assert glow.pattern(10 + last) is CALM


def test_what_is_only_recorded_is_not_shown() -> None:
    glow = LightScheduler()
    glow.accept(finding(10, Cue.NONE))
    assert glow.pattern(10) is CALM


def test_red_comes_over_amber_but_not_before_the_light_may_change() -> None:
    glow = LightScheduler()
    glow.accept(finding(10, Cue.AMBER))
    glow.accept(finding(11, Cue.RED))
    assert glow.pattern(12.9) is AMBER
    assert glow.pattern(13) is RED


def test_a_light_that_has_just_gone_dark_may_shine_again_at_once() -> None:
    glow = LightScheduler()
    glow.accept(finding(10, Cue.AMBER))
    over = 10 + AMBER.rounds * AMBER.round_s
    assert glow.pattern(over) is CALM
    glow.accept(finding(over + 0.2, Cue.RED))
    assert glow.pattern(over + 0.2) is RED


def test_amber_does_not_come_over_red() -> None:
    glow = LightScheduler()
    glow.accept(finding(10, Cue.RED))
    glow.accept(finding(13.5, Cue.AMBER))
    assert glow.pattern(13.5) is RED


def test_a_cue_that_comes_too_late_is_let_go() -> None:
    glow = LightScheduler()
    glow.accept(finding(10, Cue.RED))
    glow.accept(finding(10.5, Cue.AMBER))
    assert glow.pattern(10 + RED.rounds * RED.round_s) is CALM


def test_a_fault_is_shown_while_nothing_else_is_and_the_worst_first() -> None:
    glow = LightScheduler()
    glow.fault(Fault.DISK)
    glow.fault(Fault.MODEL)
    assert glow.pattern(1).name == "fault 2"
    glow.accept(finding(5, Cue.RED))
    assert glow.pattern(5) is RED
    assert glow.pattern(20).name == "fault 2"
    glow.fault(Fault.MODEL, present=False)
    assert glow.pattern(30).name == "fault 3"
    glow.fault(Fault.DISK, present=False)
    assert glow.pattern(40) is CALM
    assert glow.faults == ()


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.situation("The machine", "the disk is full or read-only, at the start or later")
def test_a_fault_blinks_as_often_as_its_code_says(fault: Fault) -> None:
    pattern = fault_pattern(fault)
    bright = [pattern.brightness(step / 100) > 0.5 for step in range(round(pattern.round_s * 100))]
    assert sum(b and not a for a, b in itertools.pairwise(bright)) == fault


def test_patterns_differ_in_rhythm_and_not_in_colour_alone() -> None:
    rhythms = {(p.pulse_s, p.pulses, p.rest_s) for p in PATTERNS}
    assert len(rhythms) == len(PATTERNS)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.name)
def test_nothing_alternates_faster_than_2_hz(pattern: Pattern) -> None:
    assert pattern.pulse_s >= 0.5


cues = st.lists(
    st.tuples(st.floats(0, 4), st.sampled_from(Cue), st.sampled_from([None, *Fault])), max_size=25
)


@given(cues)
def test_any_findings_leave_it_discreet_and_calm_in_the_end(
    told: list[tuple[float, Cue, Fault | None]],
) -> None:
    glow, now = LightScheduler(), 0.0
    shown: list[tuple[float, str]] = []

    def look(until: float) -> None:
        nonlocal now
        while now < until:
            now = min(until, now + 0.1)
            name = glow.pattern(now).name
            if not shown or shown[-1][1] != name:
                shown.append((now, name))

    for pause, cue, fault in told:
        look(now + pause)
        glow.accept(finding(now, cue))
        if fault:
            glow.fault(fault)
            glow.fault(fault, present=False)
    look(now + 30)
    assert glow.pattern(now) is CALM
    changes = [at for at, name in shown if name != CALM.name]
    # The look every 0.1 s may see a change that late.
    assert all(b - a >= CHANGE_S - 0.11 for a, b in itertools.pairwise(changes))


@pytest.fixture
def mock_pins() -> Iterator[MockFactory]:
    factory = MockFactory(pin_class=MockPWMPin)
    before, gpiozero.Device.pin_factory = gpiozero.Device.pin_factory, factory
    yield factory
    factory.reset()
    gpiozero.Device.pin_factory = before


def test_three_pins_shine_in_colour(mock_pins: MockFactory) -> None:
    led = open_led(Light(pins=(17, 27, 22), brightness=1.0))
    led.show((1.0, 0.5, 0.0))
    assert mock_pins.pin(17).state == 1
    assert 0 < mock_pins.pin(27).state < 0.5
    assert mock_pins.pin(22).state == 0
    led.close()
    assert mock_pins.pin(17).state == 0


def test_one_pin_shines_as_the_strongest_colour_does(mock_pins: MockFactory) -> None:
    led = open_led(Light(pins=(18,), brightness=1.0))
    led.show((0.0, 1.0, 0.3))
    assert mock_pins.pin(18).state == 1


def test_an_led_that_sinks_current_is_dark_when_high(mock_pins: MockFactory) -> None:
    led = open_led(Light(pins=(18,), active_high=False))
    led.show((0, 0, 0))
    assert mock_pins.pin(18).state == 1


def test_no_pins_no_light() -> None:
    assert isinstance(open_led(Light(pins=())), NoLed)


def test_two_pins_are_refused() -> None:
    with pytest.raises(DeskcueError, match="2 pins under"):
        open_led(Light(pins=(1, 2)))


@pytest.mark.usefixtures("mock_pins")
def test_a_pin_that_is_none_is_named() -> None:
    with pytest.raises(DeskcueError, match="cannot light pin 99"):
        GpioLed(Light(pins=(17, 27, 99)))


@pytest.mark.situation(
    "The machine", "a pin is in use, the chip may not be opened, there is no GPIO, the driver fails"
)
def test_a_machine_without_gpio_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise gpiozero.BadPinFactory

    monkeypatch.setattr(gpiozero, "PWMLED", none)
    with pytest.raises(DeskcueError, match="no GPIO on this machine"):
        open_led(Light())


def test_a_lamp_shows_what_the_glow_says() -> None:
    lit = threading.Event()

    class Watched(NoLed):
        def show(self, colour: tuple[float, float, float]) -> None:
            if colour[0] > 0.9:
                lit.set()

    light_driver = LightDriver(LightScheduler(), Watched(), lambda: 10.3)
    light_driver.accept(finding(10.0, Cue.RED))
    light_driver.start()
    assert lit.wait(PATIENCE_S)
    light_driver.close()
    assert light_driver.problem == ""


class ManualTime:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Tell them."""
        return self.seconds


class Flickering(NoLed):
    """A light that can be out of order."""

    def __init__(self) -> None:
        self.broken = True
        self.tried = self.shown = 0

    def show(self, colour: tuple[float, float, float]) -> None:
        """Fail, or count."""
        broken = self.broken  # before anybody who waits for this try may mend it
        self.tried += 1
        if broken:
            raise OSError(f"pin is gone at {colour[1]}")
        self.shown += 1


@pytest.mark.situation(
    "The machine",
    "a pin is in use, the chip may not be opened, there is no GPIO, the driver fails",
    "the ear goes on without a light and tries again every minute",
    "one line with the pin and what to do, one when it is well; `light` in health",
)
def test_a_light_that_fails_is_reported_once_and_tried_again_every_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    led, time = Flickering(), ManualTime()
    driver = LightDriver(LightScheduler(), led, lambda: 10.3, time)
    caplog.set_level("INFO")
    driver.start()
    wait_for(lambda: led.tried == 1, "the first try")
    time.seconds = RETRY_S - 1
    driver.accept(finding(10.0, Cue.RED))
    time.seconds = RETRY_S
    wait_for(lambda: led.tried == 2, "the second try")
    assert driver.problem == "going on without a light: pin is gone at 0.0"
    led.broken = False
    time.seconds = 2 * RETRY_S
    wait_for(lambda: bool(led.shown), "light")
    driver.close()
    assert led.tried == 2 + led.shown
    assert [record.message for record in caplog.records] == [
        "going on without a light: pin is gone at 0.0",
        "recovered: going on without a light: pin is gone at 0.0",
    ]


@pytest.mark.situation(
    "The machine", "a pin is in use, the chip may not be opened, there is no GPIO, the driver fails"
)
@pytest.mark.parametrize(
    ("said", "advice"),
    [("GPIO busy", "GPIO 27 is in use"), ("can not open gpiochip", "usermod -aG gpio")],
)
@pytest.mark.usefixtures("mock_pins")
def test_a_pin_that_cannot_be_had_says_what_to_do(
    said: str, advice: str, monkeypatch: pytest.MonkeyPatch, mock_pins: MockFactory
) -> None:
    take = gpiozero.PWMLED

    def refuse(pin: int, **settings: bool) -> gpiozero.PWMLED:
        if pin == 27:
            raise lgpio.error(said)
        return take(pin, **settings)

    monkeypatch.setattr(gpiozero, "PWMLED", refuse)
    led = ReopeningLed(Light())
    with pytest.raises(DeskcueError, match=advice):
        led.show((1.0, 0.0, 0.0))
    monkeypatch.undo()
    led.show((1.0, 0.0, 0.0))  # the pins that it had got were given back
    assert mock_pins.pin(17).state > 0
    led.close()
