"""The uplink: from the outbox to a real broker."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_py.calls.signals import CallSignal
from firmware_py.contract.payloads import to_dict
from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Broker, Config
from firmware_py.uplink import broker as broker_module
from firmware_py.uplink import reporter
from firmware_py.uplink.broker import check_broker
from firmware_py.uplink.client import make_client
from firmware_py.uplink.publisher import Uplink
from tests.mosquitto import PATIENCE_S, Listener, Mosquitto, free_port, wait_for
from tests.outbox.sample import DESK, EAR, event


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty outbox."""
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()


def config(port: int, **broker: object) -> Config:
    settings = {"host": "127.0.0.1", "port": port, "drain_per_s": 1000.0, **broker}
    return Config(desk=DESK, broker=Broker(**settings))  # type: ignore[arg-type]


@contextmanager
def running(
    to: Config, outbox: Outbox, send_call: Callable[[CallSignal], object] = lambda _signal: None
) -> Iterator[None]:
    """An uplink at work."""
    stop = threading.Event()
    uplink = Uplink(to, outbox, send_call=send_call)
    thread = threading.Thread(target=uplink.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def starts(listener: Listener) -> list[float]:
    return [content["data"]["start"] for content in listener.on("/event/")]


@pytest.mark.situation("The broker and the network", "the ear is dead or hangs")
def test_events_arrive_once_in_order_and_leave_the_outbox(
    mosquitto: Mosquitto, outbox: Outbox, log_lines: list[str]
) -> None:
    listener = Listener(mosquitto.port)
    with running(config(mosquitto.port), outbox):
        wait_for(lambda: log_lines, "the connection")
        for at in range(2, 60):
            outbox.append(event(at))
        wait_for(lambda: outbox.counts().pending == 0, "an empty outbox")
        wait_for(lambda: len(starts(listener)) == 58, "all events")
    assert starts(listener) == sorted(starts(listener))
    assert not any("replayed" in content for content in listener.on("/event/"))
    assert listener.messages[-1][0].startswith("deskcue/v1/nanjing/3/3-17/")
    listener.close()


def test_state_is_retained_and_health_is_told(mosquitto: Mosquitto, outbox: Outbox) -> None:
    ear = to_dict(replace(EAR, uptime_s=time.monotonic()))
    outbox.put_status("ear", ear)
    listener = Listener(mosquitto.port)
    with running(config(mosquitto.port), outbox):
        wait_for(lambda: listener.on("/health"), "health")
        late = Listener(mosquitto.port)
        wait_for(lambda: late.on("/state"), "the retained state")
        assert late.messages[0][2]
        assert late.on("/state")[0]["state"] == "ready"
        late.close()
    assert listener.on("/health")[0]["ear"] == ear
    assert listener.on("/health")[0]["outbox"] == {
        "pending": 0,
        "sent": 0,
        "dropped": 0,
        "quarantined": 0,
    }
    wait_for(lambda: listener.on("/state")[-1]["state"] == "lost", "the goodbye")
    listener.close()


def test_events_from_before_the_connection_say_that_they_are_replayed(
    mosquitto: Mosquitto, outbox: Outbox
) -> None:
    listener = Listener(mosquitto.port)
    outbox.append(event())
    with running(config(mosquitto.port), outbox):
        wait_for(lambda: listener.on("/event/"), "the event")
    assert listener.on("/event/")[0]["replayed"] is True
    listener.close()


@pytest.mark.situation(
    "The broker and the network",
    "the broker is away for days",
    "events wait on disk, and come marked `replayed`",
    "`state` is `lost` (last will)",
)
def test_a_broker_that_goes_and_comes_back_gets_everything(
    mosquitto: Mosquitto, outbox: Outbox, log_lines: list[str]
) -> None:
    with running(config(mosquitto.port), outbox):
        wait_for(lambda: log_lines == ["connected to the broker"], "the connection")
        outbox.append(event(2))
        wait_for(lambda: outbox.counts().sent == 1, "the first event")
        mosquitto.stop()
        outbox.append(event(3))
        wait_for(lambda: [one for one in log_lines if "is lost" in one], "word of the lost line")
        assert outbox.counts().pending == 2
        mosquitto.start()
        listener = Listener(mosquitto.port)
        wait_for(lambda: starts(listener) == [0.5, 1.5], "both events")
        assert all(said["replayed"] is True for said in listener.on("/event/"))
    assert outbox.counts().pending == 0
    listener.close()


@pytest.mark.situation(
    "The machine",
    "the outbox can be neither read nor written for a while",
    "the uplink stays connected",
    "fault `disk` in the state, until it is well",
)
def test_an_outbox_that_cannot_be_read_is_told_and_the_line_holds(
    mosquitto: Mosquitto, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter, "CHANGE_S", 0.0)
    listener = Listener(mosquitto.port)
    path = outbox.path
    with running(config(mosquitto.port), outbox):
        wait_for(lambda: listener.on("/state"), "the state")
        path.rename(path.with_name("away"))
        path.mkdir()
        wait_for(lambda: "disk" in listener.on("/state")[-1]["faults"], "the fault")
        path.rmdir()
        outbox.append(event(4))
        wait_for(lambda: listener.on("/event/"), "the event")
        wait_for(lambda: "disk" not in listener.on("/state")[-1]["faults"], "the cure")
        assert "lost" not in [one["state"] for one in listener.on("/state")]
    listener.close()


PROGRAM = """
import pathlib, sys, threading
from firmware_py.settings.config import Broker, Config, Desk
from firmware_py.outbox.store import Outbox
from firmware_py.uplink.publisher import Uplink
broker = Broker("127.0.0.1", int(sys.argv[1]), drain_per_s=1000.0)
config = Config(desk=Desk("nanjing", "3", "3-17"), broker=broker)
Uplink(config, Outbox(pathlib.Path(sys.argv[2]))).run(threading.Event())
"""


@pytest.mark.situation("The broker and the network", "the broker is away for days")
def test_a_killed_uplink_loses_nothing_and_its_last_will_is_heard(
    mosquitto: Mosquitto, outbox: Outbox, tmp_path: Path
) -> None:
    listener = Listener(mosquitto.port)
    command = [sys.executable, "-c", PROGRAM, str(mosquitto.port), str(tmp_path / "outbox.db")]
    for at in range(2, 302):
        outbox.append(event(at))
    with subprocess.Popen(command) as process:
        wait_for(lambda: len(listener.on("/event/")) > 5, "some events")
        process.kill()
    wait_for(lambda: listener.on("/state")[-1]["state"] == "lost", "the last will")
    with running(config(mosquitto.port), outbox):
        wait_for(lambda: outbox.counts().pending == 0, "an empty outbox")
    wait_for(lambda: len(set(starts(listener))) == 300, "every event")
    ids = {content["id"] for content in listener.on("/event/")}
    assert len(ids) == 300
    listener.close()


def test_a_refused_login_is_told_once_and_events_wait(
    tmp_path: Path, outbox: Outbox, log_lines: list[str]
) -> None:
    broker = Mosquitto(tmp_path, user="desk")
    broker.start()
    outbox.append(event())
    with running(config(broker.port), outbox):
        wait_for(lambda: log_lines, "word of the refusal")
    assert "refuses the login" in log_lines[0]
    assert outbox.counts().pending == 1
    (tmp_path / "secret").write_text("secret\n", encoding="utf-8")
    right = config(broker.port, username="desk", password_file=tmp_path / "secret")
    with running(right, outbox):
        wait_for(lambda: outbox.counts().pending == 0, "an empty outbox")
    broker.stop()


def test_no_broker_at_all_is_told(outbox: Outbox, log_lines: list[str]) -> None:
    with running(config(free_port()), outbox):
        wait_for(lambda: log_lines, "word of it")
    assert "no connection to the broker 127.0.0.1:" in log_lines[0]


@pytest.mark.parametrize("key", ["ca_file", "cert_file", "password_file"])
def test_a_missing_file_is_named_before_connecting(key: str, tmp_path: Path) -> None:
    missing = config(1883, username="desk", **{key: tmp_path / "nowhere.pem"})
    with pytest.raises(DeskcueError, match=f"{key} .*nowhere.pem cannot be read"):
        make_client(missing)


@pytest.mark.parametrize("key", ["ca_file", "cert_file"])
def test_a_certificate_that_is_none_is_named(key: str, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate", encoding="utf-8")
    with pytest.raises(DeskcueError, match=f"{key} .*none.pem .*cannot be used"):
        make_client(config(8883, **{key: tmp_path / "none.pem"}))


def test_the_way_to_a_good_broker_is_good(mosquitto: Mosquitto) -> None:
    checks = check_broker(config(mosquitto.port))
    assert [check.ok for check in checks] == [True] * 4


def test_the_way_ends_at_the_first_step_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_module, "WAIT_S", PATIENCE_S)
    last = check_broker(config(1883, host="no-such-host.invalid"))[-1]
    assert (last.name, last.ok) == ("broker: name", False)
    last = check_broker(config(free_port()))[-1]
    assert (last.name, last.ok) == ("broker: port", False)
    broker = Mosquitto(tmp_path, user="desk")
    broker.start()
    last = check_broker(config(broker.port))[-1]
    assert not last.ok
    assert "refuses the login" in last.detail
    broker.stop()
