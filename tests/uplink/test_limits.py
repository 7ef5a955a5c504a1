"""A broker takes less than the standard knows, or answers other than it should."""

import ssl
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from firmware_py.outbox.quarantine import TRIES
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Broker
from firmware_py.uplink import backoff, connection, diagnosis, unreachable
from firmware_py.uplink.broker import check_broker
from firmware_py.uplink.client import MQTT5, MQTT311, BrokerError
from firmware_py.uplink.greeting import LARGEST, Greeting, greet
from firmware_py.uplink.hang_ups import AGAIN_S, HangUps
from firmware_py.uplink.login_refused import login_refused
from firmware_py.uplink.publisher import Uplink
from firmware_py.uplink.reasons import NO_QOS, NO_RETAIN, NOBODY
from firmware_py.uplink.unreachable import no_connection
from tests.mosquitto import wait_for
from tests.outbox.sample import event
from tests.uplink.odd_broker import (
    CONNECT,
    MAXIMUM_PACKET,
    MAXIMUM_QOS,
    PUBLISH,
    RECEIVE_MAXIMUM,
    RETAIN_AVAILABLE,
    Answer,
    Packet,
    connack,
    disconnect,
    odd_broker,
    usual,
)
from tests.uplink.test_publisher import config, running
from tests.uplink.test_refusals import TLS

SHUTTING_DOWN, SERVER_BUSY = 0x8B, 0x89


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An outbox that holds some events."""
    made = Outbox(tmp_path / "outbox.db")
    made.append(event(1.0), event(2.0), event(3.0))
    yield made
    made.close()


def saying(properties: bytes, refusal: int = 0) -> Answer:
    """A broker with this in its CONNACK, which refuses a CONNECT whose last will asks for more."""

    def answer(packet: Packet) -> bytes | None:
        if packet.kind != CONNECT:
            return usual(packet)
        wants = {NO_QOS: packet.will[0] > 0, NO_RETAIN: packet.will[1]}
        return connack(refusal) if wants.get(refusal) else connack(0, properties)

    return answer


@pytest.mark.situation(
    "The broker and the network",
    "the broker takes one message at a time (*receive maximum*)",
    "reports and events wait for each other",
    "",
)
def test_reports_count_too_where_the_broker_takes_one_message_at_a_time(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_GOODBYE_S", 0.0)
    one = bytes([RECEIVE_MAXIMUM, 0, 1])

    def deaf(packet: Packet) -> bytes | None:
        return b"" if packet.kind == PUBLISH else saying(one)(packet)

    with odd_broker(deaf) as broker:
        with running(config(broker.port), outbox):
            wait_for(broker.published, "a message")
        assert len(broker.published()) == 1
    with odd_broker(saying(one)) as broker, running(config(broker.port), outbox):
        wait_for(lambda: outbox.counts().sent == 3, "the events")


@pytest.mark.situation(
    "The broker and the network",
    "the broker retains nothing",
    "states are sent all the same, the last will too",
    "a warning; `deskcue doctor` says so",
)
@pytest.mark.parametrize("refusal", [0, NO_RETAIN])
def test_a_broker_that_retains_nothing_is_asked_for_nothing_else(
    outbox: Outbox, log_lines: list[str], refusal: int
) -> None:
    answer = saying(bytes([RETAIN_AVAILABLE, 0]), refusal)
    with odd_broker(answer) as broker:
        with running(config(broker.port), outbox):
            wait_for(lambda: outbox.counts().sent == 3, "the events")
            wait_for(lambda: broker.published("/state"), "the state")
        detail = check_broker(config(broker.port))[-1].detail
    assert not any(one.flags & 1 for one in broker.published())
    assert "which retains nothing" in log_lines[0]
    assert "the broker retains nothing" in detail


@pytest.mark.situation(
    "The broker and the network",
    "the broker takes nothing that it acknowledges (QoS 1)",
    "events wait, for nobody would know what arrived; reports are sent",
    "fault `denied`; `deskcue doctor` fails",
)
@pytest.mark.parametrize("refusal", [0, NO_QOS])
def test_events_wait_where_nothing_is_acknowledged(outbox: Outbox, refusal: int) -> None:
    with odd_broker(saying(bytes([MAXIMUM_QOS, 0]), refusal)) as broker:
        with running(config(broker.port), outbox):
            wait_for(lambda: broker.published("/health"), "health")
        check = check_broker(config(broker.port))[-1]
    assert b"allow QoS 1 there" in broker.published("/health")[0].body
    assert not any(one.qos for one in broker.published())
    assert outbox.counts().pending == 3
    assert not check.ok
    assert "allow QoS 1 there" in check.detail


def test_a_report_that_the_broker_has_no_room_for_is_not_sent(
    outbox: Outbox, log_lines: list[str]
) -> None:
    small = bytes([MAXIMUM_PACKET, 0, 0, 1, 44])
    with odd_broker(saying(small)) as broker, running(config(broker.port), outbox):
        wait_for(lambda: [one for one in log_lines if "/health" in one], "the line")
    assert "no room (the broker takes 300 bytes) for" in log_lines[-1]
    assert all(len(one.body) <= 300 for one in broker.published())


def test_a_desk_says_how_much_it_takes_at_once() -> None:
    with odd_broker() as broker:
        greet(config(broker.port))
    (connect,) = broker.packets
    assert bytes([MAXIMUM_PACKET]) + LARGEST.to_bytes(4, "big") in connect.body


def hangs_up(times: int, on: str = "5") -> Answer:
    """A broker that hangs up so many times on who speaks this version of MQTT."""
    left = [times]

    def answer(packet: Packet) -> bytes | None:
        if packet.kind == CONNECT and left[0] and ("5" if packet.is_mqtt5 else "3") == on:
            left[0] -= 1
            return None
        return usual(packet)

    return answer


@pytest.mark.situation(
    "The broker and the network",
    "the broker or what lies before it hangs up once, as at a restart",
    "MQTT 5 is spoken all the same; 3.1.1 only if that is answered, and then 5 once more is not",
    "",
)
def test_a_broker_that_hangs_up_once_is_not_taken_for_an_old_one() -> None:
    with odd_broker(hangs_up(1)) as broker:
        assert greet(config(broker.port)).protocol == MQTT5
    with odd_broker(hangs_up(9)) as broker:
        assert greet(config(broker.port)).protocol == MQTT311


@pytest.mark.situation(
    "The broker and the network",
    "the broker is slow to answer",
    "the desk waits longer with every failure: 5 s, then up to 30 s",
    "*keeps silent*, until it answers",
)
def test_a_slow_broker_is_waited_for_longer_with_every_failure(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, waits = threading.Event(), list[float]()

    def busy(*_: object, wait_s: float, **__: object) -> Greeting:
        waits.append(wait_s)
        if len(waits) == 5:
            stop.set()
        raise BrokerError("busy")

    monkeypatch.setattr(backoff, "LONGEST_S", 0.0)
    Uplink(config(1), outbox, greet=busy).run(stop)
    assert waits == [5.0, 10.0, 20.0, 30.0, 30.0]


def _always(answer: bytes, _packet: Packet) -> bytes:
    return answer


def test_silence_and_other_servers_are_told_from_brokers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "WAIT_S", 0.1)
    for answer, said in (
        (b"", "takes the connection and keeps silent"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "answers as a web server or a proxy does"),
    ):
        with odd_broker(partial(_always, answer)) as broker:
            to = config(broker.port)
            with pytest.raises(BrokerError, match=said):
                greet(to, wait_s=0.1)


@pytest.mark.situation(
    "The broker and the network",
    "the broker takes what is sent and acknowledges nothing",
    "after 60 s it hangs up and tries again, with longer and longer pauses",
    "one line, fault `denied`",
)
def test_a_broker_that_acknowledges_nothing_is_given_up_and_named(
    outbox: Outbox, log_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SILENT_S", 0.0)
    monkeypatch.setattr(backoff, "LONGEST_S", 0.0)

    def deaf(packet: Packet) -> bytes:
        return b"" if packet.kind == PUBLISH else usual(packet) or b""

    with odd_broker(deaf) as broker, running(config(broker.port), outbox):
        wait_for(lambda: len(broker.published("/state")) > 1, "the second try")
    assert "acknowledges nothing; see its log" in log_lines[1]
    assert b'"denied"' in broker.published("/state")[1].body
    assert outbox.counts().pending == 3


@pytest.mark.situation(
    "The broker and the network",
    "the broker hangs up and says why (it shuts down, is busy, has moved)",
    "no event and no report is blamed for it",
    "the line has the broker's words",
)
def test_a_broker_that_gives_another_reason_hangs_up_on_no_report(
    outbox: Outbox, log_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "LONGEST_S", 0.0)
    left = [4]

    def answer(packet: Packet) -> bytes | None:
        if packet.kind != PUBLISH or not left[0]:
            return usual(packet)
        left[0] -= 1
        return disconnect(SHUTTING_DOWN)

    with odd_broker(answer) as broker, running(config(broker.port), outbox):
        wait_for(lambda: outbox.counts().sent == 3, "the events")
        wait_for(lambda: broker.published("/health"), "health")
    assert log_lines[1] == (
        "the line to the broker is lost (Server shutting down); events wait in the outbox"
    )
    assert not any("no room" in line for line in log_lines)
    assert outbox.counts().quarantined == 0


def test_a_report_on_which_the_broker_hangs_up_is_tried_again_after_an_hour() -> None:
    now = [0.0]
    hang_ups = HangUps(lambda: now[0])
    for _ in range(TRIES):
        assert not hang_ups.leaves_out("health")
        hang_ups.blame(["health"])
    assert hang_ups.leaves_out("health")
    now[0] = AGAIN_S
    assert not hang_ups.leaves_out("health")
    hang_ups.blame(["health"])
    assert hang_ups.leaves_out("health")
    hang_ups.taken("health")
    assert not hang_ups.leaves_out("health")


@pytest.mark.situation(
    "The broker and the network",
    "nobody subscribes to events at the broker",
    "they are sent: the broker throws them away",
    "one line; `deskcue doctor` says so",
)
def test_events_that_nobody_subscribes_to_are_told(outbox: Outbox, log_lines: list[str]) -> None:
    with odd_broker(lambda packet: usual(packet, NOBODY)) as broker:
        with running(config(broker.port), outbox):
            wait_for(lambda: outbox.counts().sent == 3, "the events")
            wait_for(lambda: [one for one in log_lines if "nobody subscribes" in one], "the line")
        detail = check_broker(config(broker.port))[-1].detail
    assert "nobody subscribes to events there yet" in detail


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (0x86, "check username and password_file"),
        (0x85, "refuses the client's name"),
        (
            SERVER_BUSY,
            "lets nobody in now (Server busy: come  back: other:1884); it is tried",
        ),
        (0x9D, "sends this desk elsewhere (Server moved: come  back: other:1884); correct"),
        (0x8A, "does not let this desk in (Banned"),
    ],
)
def test_a_refused_login_is_told_in_the_brokers_words(code: int, advice: str) -> None:
    more = SimpleNamespace(ReasonString="come\n\x1bback", ServerReference="other:1884")
    reason = ReasonCode(PacketTypes.CONNACK, identifier=code)
    assert advice in login_refused(Broker(), reason, more)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (62, "set host under [broker] to a name that the certificate has"),
        (9, "correct this desk's date"),
        (19, "check ca_file"),
    ],
)
def test_a_certificate_is_not_accepted_for_what_it_is(code: int, advice: str) -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, "OpenSSL's words"
    assert advice in no_connection(Broker(), error)


def test_a_handshake_that_fails_is_told_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unreachable, "mismatch", lambda _broker: "")
    assert "(no answer in time)" in no_connection(Broker(), TimeoutError("_ssl.c:989: …"))
    error = ssl.SSLError()
    error.reason = "TLSV1_ALERT_PROTOCOL_VERSION"
    assert "speaks no version of TLS that this desk takes" in no_connection(Broker(), error)


def test_a_web_server_is_named_within_tls_too() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "cert.pem", TLS / "key.pem")
    with odd_broker(partial(_always, b"HTTP/1.1 400 Bad Request\r\n\r\n"), context) as broker:
        to = config(broker.port, tls=True, ca_file=TLS / "cert.pem")
        with pytest.raises(BrokerError, match="answers as a web server or a proxy does"):
            greet(to, wait_s=0.1)
