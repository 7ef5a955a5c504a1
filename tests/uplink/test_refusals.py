"""A real broker that says no: to a topic, to an event, to MQTT 5, to TLS or to the lack of it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_py.contract.payloads import to_dict
from firmware_py.outbox.event import to_event
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Config, Desk
from firmware_py.uplink import backoff, delivery, diagnosis, greeting, reporter
from firmware_py.uplink.broker import check_broker
from firmware_py.uplink.client import MQTT311
from tests.mosquitto import Listener, Mosquitto, wait_for
from tests.outbox.sample import DESK, EAR, STAMP, event, finding
from tests.uplink.test_publisher import config, running, starts

TLS = Path(__file__).parent / "tls"
"""A certificate of 127.0.0.1 that signs itself, made for these tests with openssl."""
ROOT = "deskcue/v1/nanjing/3/3-17"


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty outbox."""
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()


@contextmanager
def broker(folder: Path, *more: str) -> Iterator[Mosquitto]:
    """A broker with these lines in its settings."""
    made = Mosquitto(folder, more=("user root", *more))
    made.start()
    yield made
    made.stop()


@pytest.mark.situation(
    "The broker and the network",
    "the broker's access list denies a topic",
    "the event stays; one event asks again each minute, other topics go on",
    "health: fault `denied`, *not authorised for TOPIC*; state `degraded`; `deskcue doctor` fails",
)
def test_what_the_access_list_denies_is_kept_and_named(
    tmp_path: Path, outbox: Outbox, log_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter, "CHANGE_S", 0.0)
    allowed = f"topic write {ROOT}/state\ntopic write {ROOT}/health\ntopic read #\n"
    (tmp_path / "acl").write_text(allowed)
    outbox.append(event())
    with broker(tmp_path, f"acl_file {tmp_path / 'acl'}") as strict:
        listener = Listener(strict.port)
        with running(config(strict.port), outbox):
            wait_for(lambda: [one for one in listener.on("/health") if one["faults"]], "the fault")
        checks = check_broker(config(strict.port))
        listener.close()
    faults = {one["code"]: one["line"] for one in listener.on("/health")[-1]["faults"]}
    assert f"not authorised for {ROOT}/event/phrase" in faults["denied"]
    assert listener.on("/state")[-2]["state"] == "degraded"
    assert outbox.counts().pending == 1
    assert any("not authorised" in line for line in log_lines)
    assert not checks[-1].ok
    assert f"not authorised to write to {ROOT}/event/" in checks[-1].detail


@contextmanager
def scripted(*answers: Callable[[bytes], bytes]) -> Iterator[int]:
    """A broker that lets a client in and answers what comes next by a script; gives its port."""
    let_in = b"\x20\x03\x00\x00\x00"

    def serve() -> None:
        with suppress(OSError):
            client, _ = server.accept()
            with client:
                for answer in (lambda _connect: let_in, *answers):
                    client.sendall(answer(client.recv(4096)))
                while client.recv(4096):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def test_commands_that_may_not_be_listened_to_are_named(
    outbox: Outbox, log_lines: list[str]
) -> None:
    # Mosquitto's access lists never refuse a subscription, others do.
    def deny(subscribe: bytes) -> bytes:
        return b"\x90\x04" + subscribe[2:4] + b"\x00\x87"

    with scripted(deny) as port, running(config(port), outbox):
        wait_for(lambda: [one for one in log_lines if "cmd/call" in one], "the line")
    assert f"not authorised for {ROOT}/cmd/call" in log_lines[1]


def huge() -> dict[str, object]:
    return to_event(finding(1.5), replace(STAMP, rulebook="x" * 4000))


@pytest.mark.situation(
    "The broker and the network", "the broker refuses an event for its size or content"
)
@pytest.mark.parametrize("limit", ["message_size_limit 3000", "max_packet_size 3000"])
def test_an_event_that_is_too_large_is_put_aside_and_the_others_arrive(
    tmp_path: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    # It answers with a code that MQTT has not for this, so the client hangs up: a few times.
    monkeypatch.setattr(delivery, "NEXT_TRY_S", 0.0)
    monkeypatch.setattr(backoff, "LONGEST_S", 0.1)
    outbox.append(huge())
    outbox.append(event(2.0))
    with broker(tmp_path, limit) as small:
        listener = Listener(small.port)
        with running(config(small.port), outbox):
            wait_for(lambda: outbox.counts().quarantined, "the quarantine")
            wait_for(lambda: not outbox.counts().pending, "the other event's receipt")
        wait_for(lambda: starts(listener), "the other event")
        listener.close()
    assert set(starts(listener)) == {0.5}


@contextmanager
def old_broker(port: int) -> Iterator[int]:
    """A broker that knows MQTT 3.1.1 only, made of one that knows more; gives its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                threading.Thread(target=_forward, args=(client, port), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def _forward(client: socket.socket, port: int) -> None:
    """Refuse MQTT 5 as the standard of 3.1.1 asks for, and let the rest through."""
    first = client.recv(4096)
    if b"MQTT\x05" in first:
        client.sendall(b"\x20\x02\x00\x01")
        client.close()
        return
    with socket.create_connection(("127.0.0.1", port)) as real:
        real.sendall(first)
        back = threading.Thread(target=_copy, args=(real, client), daemon=True)
        back.start()
        _copy(client, real)
        back.join()
    client.close()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(4096):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@pytest.mark.situation(
    "The broker and the network",
    "the broker speaks MQTT 3.1.1 only",
    "it is spoken to in 3.1.1",
    "a warning: that version does not say what is denied; health: `mqtt`",
)
def test_an_old_broker_is_spoken_to_in_its_version_with_a_warning(
    mosquitto: Mosquitto, outbox: Outbox, log_lines: list[str]
) -> None:
    outbox.append(event())
    listener = Listener(mosquitto.port)
    with old_broker(mosquitto.port) as port:
        with running(config(port), outbox):
            wait_for(lambda: outbox.counts().sent, "the event")
            wait_for(lambda: listener.on("/health"), "health")
        assert greeting.greet(config(port), purpose="test").protocol == MQTT311
        detail = check_broker(config(port))[-1].detail
    listener.close()
    assert listener.on("/health")[0]["mqtt"] == "3.1.1"
    assert "does not say when its access list denies" in log_lines[0]
    assert "MQTT 3.1.1 does not say" in detail


def secure(folder: Path) -> Iterator[Mosquitto]:
    """A broker that speaks TLS."""
    made = Mosquitto(folder, more=(f"certfile {TLS / 'cert.pem'}", f"keyfile {TLS / 'key.pem'}"))
    made.start()
    yield made
    made.stop()


@pytest.mark.situation(
    "The broker and the network",
    "the broker hangs up on a report (3.1.1, small packets)",
    "after three times it is left out; no event is blamed",
    "fault `denied`, *no room*",
)
def test_a_report_that_an_old_broker_hangs_up_on_costs_no_event(
    tmp_path: Path, outbox: Outbox, log_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "LONGEST_S", 0.1)
    outbox.put_status("ear", to_dict(replace(EAR, light="x" * 4000)))
    with (
        broker(tmp_path, "max_packet_size 3000") as small,
        old_broker(small.port) as port,
        running(config(port), outbox),
    ):
        wait_for(lambda: [one for one in log_lines if "no room" in one], "the line")
        outbox.append(event())
        wait_for(lambda: outbox.counts().sent, "the event")
    assert outbox.counts().quarantined == 0


@pytest.fixture
def tls_broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that speaks TLS."""
    yield from secure(tmp_path)


def test_tls_can_be_switched_on_at_any_port(tls_broker: Mosquitto, outbox: Outbox) -> None:
    outbox.append(event())
    secured = config(tls_broker.port, tls=True, ca_file=TLS / "cert.pem")
    assert all(check.ok for check in check_broker(secured))
    with running(secured, outbox):
        wait_for(lambda: outbox.counts().sent, "the event")


@pytest.mark.situation(
    "The broker and the network",
    "TLS at a plain port, or the reverse",
    "it tries on",
    "the line says which, and the setting to change",
)
def test_a_plain_client_at_a_tls_port_is_told_so(
    tls_broker: Mosquitto, outbox: Outbox, log_lines: list[str]
) -> None:
    plain = config(tls_broker.port)
    with running(plain, outbox):
        wait_for(lambda: log_lines, "the line")
    assert "speaks TLS, and this desk does not; set tls = true" in log_lines[0]
    assert "set tls = true" in check_broker(plain)[-1].detail


@pytest.mark.situation("The broker and the network", "TLS at a plain port, or the reverse")
def test_a_tls_client_at_a_plain_port_is_told_so(
    mosquitto: Mosquitto, outbox: Outbox, log_lines: list[str]
) -> None:
    secured = config(mosquitto.port, tls=True)
    with running(secured, outbox):
        wait_for(lambda: log_lines, "the line")
    assert "speaks MQTT without TLS" in log_lines[0]
    assert "speaks MQTT without TLS" in check_broker(secured)[-1].detail


def test_a_certificate_that_is_not_trusted_is_told_as_that(
    tls_broker: Mosquitto, outbox: Outbox, log_lines: list[str]
) -> None:
    with running(config(tls_broker.port, tls=True), outbox):
        wait_for(lambda: log_lines, "the line")
    assert "certificate" in log_lines[0]
    assert "check ca_file" in log_lines[0]


def test_nobody_there_speaks_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
    assert not diagnosis.speaks_tls("127.0.0.1", port)
    assert not diagnosis.speaks_plain_mqtt("127.0.0.1", port)


@pytest.mark.situation(
    "The broker and the network",
    "two desks with one name",
    "pauses double up to a minute, with jitter",
    "the name, and what to do; certain where the broker says so (Mosquitto 2.0.11 does not)",
)
def test_one_name_twice_is_named(
    mosquitto: Mosquitto, outbox: Outbox, tmp_path: Path, log_lines: list[str]
) -> None:
    other = Outbox(tmp_path / "other.db")
    with running(config(mosquitto.port), outbox):
        wait_for(lambda: log_lines, "the connection")
        with running(config(mosquitto.port), other):
            wait_for(lambda: [one for one in log_lines if "cloned card" in one], "the line")
    other.close()
    assert any("deskcue-uplink-nanjing-3-3-17" in line for line in log_lines)


@pytest.mark.situation("The broker and the network", "two desks with one name")
def test_a_broker_that_says_that_the_name_was_taken_over_is_believed_at_once(
    outbox: Outbox, log_lines: list[str]
) -> None:
    with scripted(lambda _: b"\xe0\x01\x8e") as port, running(config(port), outbox):
        wait_for(lambda: len(log_lines) > 1, "the line")
    assert log_lines[1].startswith("another client came in under this desk's name")


@pytest.mark.situation(
    "The broker and the network",
    "the desk still has a factory name",
    "it works",
    "a warning at the start; `deskcue doctor` fails",
)
def test_factory_names_are_refused_by_doctor_and_warned_of(
    mosquitto: Mosquitto, outbox: Outbox, log_lines: list[str]
) -> None:
    unnamed = Config(desk=Desk(site="nanjing"), broker=config(mosquitto.port).broker)
    with running(unnamed, outbox):
        wait_for(lambda: log_lines, "the line")
    assert "floor, desk under [desk] in deskcue.toml still have their factory name" in log_lines[0]
    first, *others = check_broker(unnamed)
    assert not first.ok
    assert all(check.ok for check in others)
    assert DESK.desk != Desk().desk
