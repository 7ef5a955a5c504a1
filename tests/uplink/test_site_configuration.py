"""Desired configuration: from a real broker to the ear's file, and back as what is reported."""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from firmware_py.calls.signals import CallAction, CallSignal
from firmware_py.contract.configuration import BadDesiredError, desired_json, parse_desired
from firmware_py.contract.payloads import EarStatus, to_dict
from firmware_py.contract.topics import CONFIG_DESIRED, IDENTIFY, topic
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Config
from firmware_py.settings.desired import SITE_MAY_SET, Desired, digest
from firmware_py.settings.site_file import SiteFile, read_site_file, site_file
from firmware_py.uplink.faults import Machine
from firmware_py.uplink.site_configuration import SiteConfiguration
from tests.contract.validity import validator
from tests.mosquitto import Listener, Mosquitto, wait_for
from tests.outbox.sample import DESK, EAR
from tests.uplink.test_publisher import config, running

DIM = Desired(1, {"light.brightness": 0.3})


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty outbox."""
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()


def at(outbox: Outbox, settings: Config) -> Config:
    return replace(settings, outbox=replace(settings.outbox, path=outbox.path))


def ear_says(outbox: Outbox, ear: EarStatus) -> None:
    outbox.put_status("ear", to_dict(replace(ear, rulebook_sha256="ab" * 32)))


class Desk:
    """The uplink's part of it, without a broker."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox, self.lines, self.config = outbox, list[str](), at(outbox, config(1))
        self.restart()

    def restart(self) -> None:
        """Begin anew with what lies on disk."""
        machine = Machine(monotonic=lambda: 0.0, now=lambda: 0.0)
        self.site = SiteConfiguration(self.config, self.outbox, machine, self.lines.append)

    def take(self, payload: Desired | bytes) -> None:
        """Have a message come."""
        self.site.take(payload if isinstance(payload, bytes) else desired_json(payload).encode())

    @property
    def refused(self) -> list[tuple[int, str]]:
        """Version and key of what is reported as refused; the report must be a valid one."""
        sent: list[str] = []
        self.site.begin()
        self.site.tick(lambda _channel, payload: sent.append(payload))
        validator("config-reported").validate(json.loads(sent[0]))
        return [(one.version, one.what) for one in self.site.report().refused]

    @property
    def on_disk(self) -> SiteFile:
        """What the ear reads."""
        return read_site_file(site_file(self.config))


def test_what_is_retained_reaches_the_ear_and_comes_back_once_that_has_it(
    mosquitto: Mosquitto, outbox: Outbox
) -> None:
    ear_says(outbox, EAR)
    listener, client = Listener(mosquitto.port), Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    where = topic(DESK, CONFIG_DESIRED)
    client.publish(where, desired_json(DIM), qos=1, retain=True).wait_for_publish(9)
    settings = at(outbox, config(mosquitto.port))
    blinks: list[CallSignal] = []
    with running(settings, outbox, blinks.append):
        wait_for(site_file(settings).exists, "the file")
        assert read_site_file(site_file(settings)).wanted == DIM
        wait_for(lambda: listener.on("/reported"), "the first report")
        assert listener.on("/reported")[0]["version"] == 0
        ear_says(outbox, replace(EAR, settings_version=1))
        wait_for(lambda: listener.on("/reported")[-1]["version"] == 1, "word of the ear")
        client.publish(topic(DESK, IDENTIFY), b'"blink"', qos=1)
        wait_for(lambda: blinks, "the search")
    last: dict[str, Any] = listener.on("/reported")[-1]
    assert (last["sha256"], last["refused"]) == (DIM.sha256, [])
    assert last["rulebook"] == {"name": "10086", "version": 1, "sha256": "ab" * 32}
    assert len(listener.on("/reported")) == 2
    assert blinks == [CallSignal(CallAction.IDENTIFY)]
    client.disconnect()
    client.loop_stop()
    listener.close()


@pytest.mark.situation(
    "The broker and the network",
    "the site sends settings that do not fit",
    "a version is taken whole or not at all; the last good one stays, after restarts too",
    "`config/reported`, `deskcue fleet status --refused` and `deskcue doctor` say why",
)
def test_what_is_refused_is_named_and_the_last_good_state_stays(outbox: Outbox) -> None:
    desk = Desk(outbox)
    desk.take(DIM)
    ear_says(outbox, replace(EAR, settings_version=1))
    assert desk.refused == []
    desk.take(Desired(2, {"light.brightness": 7, "broker.host": "elsewhere"}))
    assert desk.refused == [(2, "broker.host"), (2, "light.brightness")]
    assert desk.site.report().version == 1
    assert desk.on_disk.wanted == DIM
    assert len(desk.lines) == 2
    desk.take(Desired(3, {}))
    assert desk.refused == []
    assert desk.on_disk == SiteFile(Desired(3, {}), DIM)


def test_versions_count_up_and_the_same_one_again_is_no_news(outbox: Outbox) -> None:
    desk = Desk(outbox)
    desk.take(Desired(5, DIM.settings))
    desk.restart()
    desk.take(Desired(5, DIM.settings))
    assert desk.refused == []
    desk.take(Desired(5, {"rulebook": "complaint"}))
    desk.take(DIM)
    assert desk.refused == [(1, "message")]
    desk.take(b"")
    assert desk.on_disk.wanted == Desired(5, DIM.settings)
    assert "came before with other settings" in desk.lines[0]
    assert "is older" in desk.lines[1]


def test_what_the_ear_cannot_use_is_reported_with_its_reason(outbox: Outbox) -> None:
    desk = Desk(outbox)
    ear_says(outbox, EAR)
    desk.take(Desired(4, {"rulebook": "nobodys"}))
    assert desk.refused == []  # it has not looked yet
    ear_says(outbox, replace(EAR, settings_problem='no rulebook "nobodys"'))
    assert desk.refused == [(4, "settings")]
    assert desk.site.report().refused[0].why == 'no rulebook "nobodys"'
    assert desk.site.report().version == 0


@pytest.mark.parametrize(
    ("payload", "refused"),
    [
        (b"\xff", (0, "message")),
        (b"[" * 100_000, (0, "message")),
        (b'{"version": true}', (0, "message")),
        (b'{"version": 2, "settings": []}', (2, "message")),
        (b'{"version": 2, "settings": {}, "sha256": "0"}', (2, "message")),
        (desired_json(Desired(2)).replace("}", '}, "software": 1', 1).encode(), (2, "software")),
    ],
)
def test_a_message_that_is_none_changes_nothing(
    outbox: Outbox, payload: bytes, refused: tuple[int, str]
) -> None:
    desk = Desk(outbox)
    desk.take(payload)
    assert desk.refused == [refused]
    assert desk.on_disk == SiteFile()


def test_a_disk_that_cannot_be_written_refuses(outbox: Outbox) -> None:
    desk = Desk(outbox)
    site_file(desk.config).with_suffix(".new").mkdir()
    desk.take(DIM)
    assert desk.refused == [(1, "message")]
    assert "cannot be written" in desk.lines[0]
    site_file(desk.config).write_text("{}", "utf-8")
    desk.restart()
    assert "is damaged" in desk.lines[-1]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*SITE_MAY_SET, "broker.host", "x\n"]), ANYTHING))
@example({"light.brightness": 10**400})
@example({"tap.listen": "x\ny"})
@example({"tap.listen": "\ud800"})
@pytest.mark.situation("The broker and the network", "the site sends settings that do not fit")
def test_whatever_is_asked_for_the_answer_is_a_valid_report(settings: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(Outbox(Path(folder) / "o.db")) as outbox:
        desk = Desk(outbox)
        told = {"version": 3, "settings": settings, "sha256": digest(settings)}
        desk.take(json.dumps(told).encode())
        taken = desk.on_disk.wanted.version == 3
        assert bool(desk.refused) != taken
        assert all(one.isprintable() for line in desk.lines for one in line)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_whatever_else_comes_is_refused(payload: bytes) -> None:
    with contextlib.suppress(BadDesiredError):
        parse_desired(payload)
