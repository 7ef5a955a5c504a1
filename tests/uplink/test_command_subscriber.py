"""Words about calls, from the broker through the uplink to the ear's socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from firmware_py.calls.signals import CallAction, CallSignal, CallSocket, send
from firmware_py.contract.topics import CALL, topic
from firmware_py.outbox.store import Outbox
from tests.mosquitto import Mosquitto, wait_for
from tests.outbox.sample import DESK
from tests.uplink.test_publisher import config, running

TOPIC = topic(DESK, CALL)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty outbox."""
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()


def publish(broker: Mosquitto, *payloads: bytes, retain: bool = False) -> None:
    client = Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    for payload in payloads:
        client.publish(TOPIC, payload, qos=1, retain=retain).wait_for_publish(5)
    client.disconnect()
    client.loop_stop()


def test_a_word_reaches_the_ear(
    mosquitto: Mosquitto, outbox: Outbox, tmp_path: Path, log_lines: list[str]
) -> None:
    path = tmp_path / "call.sock"
    ear = CallSocket(path)
    heard: list[CallSignal] = []
    with running(config(mosquitto.port), outbox, lambda signal: send(signal, path)):
        wait_for(lambda: log_lines, "the connection")
        publish(mosquitto, b"start complaint", b"end")
        wait_for(lambda: _gathered(ear, heard) == 2, "both words")
    assert heard == [CallSignal(CallAction.START, "complaint"), CallSignal(CallAction.END)]
    ear.close()


def _gathered(ear: CallSocket, heard: list[CallSignal]) -> int:
    heard += ear.poll()
    return len(heard)


@pytest.mark.parametrize("payload", [b"stop", b"\xff\xfe", b"start ../x", b"", b"end " * 99])
def test_what_is_no_word_gets_one_line_and_the_uplink_goes_on(
    mosquitto: Mosquitto, outbox: Outbox, payload: bytes, log_lines: list[str]
) -> None:
    handed: list[CallSignal] = []
    with running(config(mosquitto.port), outbox, handed.append):
        wait_for(lambda: log_lines, "the connection")
        publish(mosquitto, payload, b"hold")
        wait_for(lambda: handed, "the next word")
    assert handed == [CallSignal(CallAction.HOLD)]
    assert [line for line in log_lines if "no signal of a call" in line] == log_lines[1:2]


def test_an_ear_that_does_not_listen_is_told(
    mosquitto: Mosquitto, outbox: Outbox, tmp_path: Path, log_lines: list[str]
) -> None:
    nobody = tmp_path / "call.sock"
    with running(config(mosquitto.port), outbox, lambda signal: send(signal, nobody)):
        wait_for(lambda: log_lines, "the connection")
        publish(mosquitto, b"start")
        wait_for(lambda: len(log_lines) == 2, "the complaint")
    assert "cannot send to" in log_lines[1]


def test_a_retained_word_is_of_another_time(
    mosquitto: Mosquitto, outbox: Outbox, log_lines: list[str]
) -> None:
    publish(mosquitto, b"start", retain=True)
    handed: list[CallSignal] = []
    with running(config(mosquitto.port), outbox, handed.append):
        wait_for(lambda: len(log_lines) == 2, "the complaint")
        publish(mosquitto, b"end")
        wait_for(lambda: handed, "the next word")
    assert "publish it without retain" in log_lines[1]
    assert handed == [CallSignal(CallAction.END)]
