"""``deskcue demo``: one call through the whole device, to a real broker."""

import pytest

from firmware_py.demo import broker
from tests.commands.running import Deskcue


def test_the_call_goes_all_the_way_to_a_real_broker(deskcue: Deskcue) -> None:
    shown = deskcue("demo", "--fast")
    *findings, last = shown.out.splitlines()
    assert shown.code == 0
    assert any(" red " in line and " F5 " in line for line in findings)
    number = len(findings)
    assert last == (
        f"{number} findings; {number} events on disk;"
        f" {number} acknowledged by a real MQTT broker, {number} handed on."
    )
    assert shown.err == ""


def test_without_a_broker_events_stay_on_disk(
    deskcue: Deskcue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "find_mosquitto", lambda: None)
    shown = deskcue("demo", "--fast", "--lang", "en")
    assert shown.code == 0
    assert shown.out.splitlines()[-1].endswith("so they stayed on disk.")
