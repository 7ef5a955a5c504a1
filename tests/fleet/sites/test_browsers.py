"""Who comes in by a browser, over a WebSocket with TLS, and what the broker keeps from them."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from firmware_py.contract.digest import COUNTS
from firmware_py.contract.topics import CHANNELS, EVENT, HEALTH, STATE, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.client import connect, hang_up, make_client, subscribe, wait
from firmware_py.fleet.broker.login import Login, read_login
from firmware_py.fleet.floors.digest import condition_topic
from firmware_py.fleet.sites.mosquitto import BROWSERS, PAGE, SUPERVISOR
from firmware_py.fleet.sites.passwords import password_file
from firmware_py.settings.config import Desk
from tests.checkout import ROOT
from tests.fleet.floor import DESK_A, DESK_B, SITE, Floor, joined, publish
from tests.mosquitto import free_port

COUNTS_TOPIC = f"deskcue/v1/{SITE}/3/{COUNTS.path}"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    """A site that lets browsers in."""
    made = Floor(tmp_path, page_port=free_port())
    made.start()
    yield made
    made.stop()


def password(floor: Floor, name: str) -> str:
    """As ``deskcue fleet init`` has made it."""
    told = (floor.site / "logins" / f"{name}.txt").read_text("utf-8").splitlines()
    assert told[:2] == [f"broker: wss://127.0.0.1:{floor.page_port}", f"name: {name}"]
    return told[2].removeprefix("password: ")


def knock(floor: Floor, name: str, secret: str, client_id: str = "") -> Client:
    """A client that comes as a browser does."""
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id or name,
        protocol=MQTTProtocolVersion.MQTTv5,
        transport="websockets",
        reconnect_on_failure=False,
    )
    client.tls_set_context(ssl.create_default_context(cafile=str(floor.site / "ca.pem")))
    client.username_pw_set(name, secret)
    return client


@contextmanager
def browsing(
    floor: Floor, name: str, client_id: str = "", *, afresh: bool = True
) -> Iterator[tuple[Client, list[str]]]:
    """A browser's client that is in, and the topics that it hears."""
    client, heard, answers = knock(floor, name, password(floor, name), client_id), [], []
    client.on_message = lambda _c, _u, message: heard.append(message.topic)
    client.on_connect = lambda _c, _u, _flags, code, _p: answers.append(str(code))
    asked = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    asked.SessionExpiryInterval = 60
    client.connect("127.0.0.1", floor.page_port, clean_start=afresh, properties=asked)
    wait(client, lambda: answers, "the broker says nothing")
    assert answers == ["Success"]
    yield client, heard
    hang_up(client)


def digest(floor: Floor) -> Login:
    return read_login(floor.site / "logins" / "digest")


def everything(floor: Floor) -> list[str]:
    """Publish something on every topic of two desks; say on which."""
    said = []
    for desk in (DESK_A, DESK_B):
        with joined(floor.desk(desk), "desk") as client:
            for where in (topic(desk, one, "phrase") for one in CHANNELS if one.sent):
                publish(client, where)
                said.append(where)
    with joined(read_login(floor.site / "logins" / "operator"), "operator") as client:
        for where in (topic(DESK_A, one) for one in CHANNELS if not one.sent):
            publish(client, where)
            said.append(where)
    with joined(digest(floor), "digest") as client:
        for where in (condition_topic(DESK_A), COUNTS_TOPIC):
            publish(client, where)
            said.append(where)
    return said


def seen(name: str) -> set[str]:
    """Those that a browser's login may hear."""
    events = [one for one in CHANNELS if one.path.startswith("event/")]
    each = [STATE, *events] if name == SUPERVISOR else [STATE]
    own = {topic(desk, one, "phrase") for desk in (DESK_A, DESK_B) for one in each}
    return own | {condition_topic(DESK_A), COUNTS_TOPIC}


@pytest.mark.parametrize("name", BROWSERS)
def test_a_browser_hears_what_its_login_may_and_says_nothing(floor: Floor, name: str) -> None:
    with browsing(floor, name) as (client, heard):
        wanted = ["#", "$SYS/#", f"deskcue/v1/{SITE}/+/+/{HEALTH.path}"]
        wanted += [f"deskcue/v1/{SITE}/+/+/event/+", "$share/a/deskcue/#"]
        subscribe(client, [(one, 1) for one in wanted])
        for where in everything(floor):
            assert publish(client, where) == "Not authorized"
        wait(client, lambda: COUNTS_TOPIC in heard, "the browser hears no counts")
    assert set(heard) == seen(name)


def test_what_the_page_may_not_hear_is_not_in_a_session_that_it_takes_over(floor: Floor) -> None:
    collector = make_client(read_login(floor.reader), "deskcue-collector-1")
    connect(collector, read_login(floor.reader), session_s=600)
    subscribe(collector, [(f"deskcue/v1/{SITE}/+/+/event/+", 1)])
    hang_up(collector)
    with joined(floor.desk(DESK_A), "a") as desk:
        assert publish(desk, topic(DESK_A, EVENT, "phrase")) == "Success"
        publish(desk, topic(DESK_A, STATE), retain=True)
    with browsing(floor, PAGE, "deskcue-collector-1", afresh=False) as (client, heard):
        subscribe(client, [(f"deskcue/v1/{SITE}/+/+/{STATE.path}", 1)])
        wait(client, lambda: heard, "the page hears no state")
    assert heard == [topic(DESK_A, STATE)]


def test_nobody_comes_in_without_the_right_password(floor: Floor) -> None:
    others = password(floor, SUPERVISOR)
    wrong = [(PAGE, "wrong"), (PAGE, ""), ("", ""), ("reader", ""), (f"{SITE}/3/3-17", "")]
    answers: list[str] = []
    for name, secret in [*wrong, (PAGE, others)]:
        answers.clear()
        client = knock(floor, name, secret)
        client.on_connect = lambda _c, _u, _flags, code, _p: answers.append(str(code))
        client.connect("127.0.0.1", floor.page_port)
        wait(client, lambda: answers, "the broker says nothing")
        assert answers == ["Not authorized"]


def test_a_password_does_not_stand_for_a_certificate(floor: Floor) -> None:
    client = make_client(read_login(floor.reader), "a")
    bare = ssl.create_default_context(cafile=str(floor.site / "ca.pem"))
    client._ssl_context = bare
    client.username_pw_set(PAGE, password(floor, PAGE))
    with pytest.raises(DeskcueError, match=f"127.0.0.1:{floor.port}"):
        connect(client, read_login(floor.reader))


def test_the_digest_writes_its_topics_alone(floor: Floor) -> None:
    with joined(digest(floor), "digest") as client:
        for where in (topic(DESK_A, one, "phrase") for one in CHANNELS):
            assert publish(client, where) == "Not authorized"
        assert publish(client, f"deskcue/v1/digest/{STATE.path}") == "Not authorized"


def test_a_login_for_one_floor_hears_that_floor_alone(floor: Floor) -> None:
    other = Desk(SITE, "4", "4-1")
    guide = (ROOT / "docs" / "fleet.md").read_text("utf-8")
    told = guide.partition("```\nuser NAME\n")[2].partition("```")[0]
    broker = floor.site / "broker"
    with (broker / "acl").open("a", encoding="utf-8") as acl:
        acl.write(f"\nuser third\n{told.replace('NAME', 'third')}")
    with (broker / "passwords").open("a", encoding="utf-8") as passwords:
        passwords.write(password_file({"third": "secret"}))
    login = f"broker: wss://127.0.0.1:{floor.page_port}\nname: third\npassword: secret\n"
    (floor.site / "logins" / "third.txt").write_text(login, "utf-8")
    floor.stop()
    floor.start()
    with browsing(floor, "third") as (client, heard):
        subscribe(client, [("#", 1)])
        for desk in (other, DESK_A):
            with joined(floor.desk(desk), "desk") as one:
                for channel in (HEALTH, EVENT, STATE):
                    publish(one, topic(desk, channel, "phrase"))
        wait(client, lambda: topic(DESK_A, STATE) in heard, "the login hears nothing")
    assert heard == [topic(DESK_A, EVENT, "phrase"), topic(DESK_A, STATE)]
