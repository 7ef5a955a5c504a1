"""The floor page in a real browser, against a real Mosquitto with made-up desks."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from firmware_py.contract.topics import STATE, topic
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.broker.reading import Message, read
from firmware_py.fleet.floors.digester import Digester
from firmware_py.fleet.simulate.simulator import Simulator, enrolled
from firmware_py.fleet.sites.site import read_site
from firmware_py.fleet.storage.store import Store
from firmware_py.outbox.event import event_topic
from lab.browser import Tab, browser
from tests.browser import needs_browser
from tests.fleet.built import PAGE, build_page
from tests.fleet.floor import Floor
from tests.fleet.sites.test_browsers import password
from tests.mosquitto import free_port

DESKS = 20
READY = "document.querySelector('.total.ready b')?.innerText"

pytestmark = needs_browser


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Scene:
    """A floor at work, with the page open that shows it."""

    floor: Floor
    simulator: Simulator
    store: Store
    tab: Tab

    def sign_in(self, name: str = "page", secret: str = "") -> None:
        """Open the page as somebody who has been given its address."""
        secret = secret or password(self.floor, name)
        broker = f"wss://127.0.0.1:{self.floor.page_port}"
        self.tab.open("about:blank")
        self.tab.open(f"{PAGE.as_uri()}#name={name}&password={secret}&broker={broker}")

    def show(self, expression: str, what: str) -> None:
        """Serve the desks until the page shows something."""
        self.simulator.run(lambda: self.tab.eval(f"!!({expression})"))
        assert not self.tab.errors, what

    def work(self, events: int) -> None:
        """Let desks find things."""
        goal = self.simulator.tally.sent + events
        self.simulator.rate = 200.0
        self.simulator.run(lambda: self.simulator.tally.sent >= goal)
        self.simulator.rate = 0.0
        self.simulator.run(lambda: not self.simulator.waiting)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Twenty desks that are in, the digest, and a browser."""
    build_page()
    folder = tmp_path_factory.mktemp("page")
    floor = Floor(folder, page_port=free_port())
    floor.start()
    store = Store(f"sqlite:///{folder}/events.db", now)
    with ExitStack() as stack:
        stack.callback(floor.stop)
        stack.callback(store.close)
        stack.enter_context(digesting(floor, store))
        desks = stack.enter_context(enrolled(read_site(floor.site), DESKS))
        simulator = Simulator(desks, 0.0)
        tab = stack.enter_context(browser("--ignore-certificate-errors"))
        simulator.run(lambda: simulator.connected == DESKS)
        yield Scene(floor, simulator, store, tab)
        simulator.close()


@contextmanager
def digesting(floor: Floor, store: Store) -> Iterator[None]:
    """The digest at work, often."""
    stop = threading.Event()
    login = read_login(floor.site / "logins" / "digest")
    thread = threading.Thread(target=Digester(login, store, now, 0.2).run, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join()


def test_the_page_shows_every_desk_and_hides_every_event(scene: Scene) -> None:
    scene.sign_in()
    scene.show(f"{READY} === '{DESKS}'", "every desk ready")
    assert "password" not in str(scene.tab.eval("location.href"))
    scene.work(40)
    assert scene.tab.eval("document.querySelectorAll('.stream li').length") == 0
    scene.tab.eval("document.querySelector('.plan').focus()")
    scene.tab.press("ArrowRight", "Enter")
    scene.show("document.querySelector('.details')?.innerText.includes('10086 v1')", "a condition")


def test_a_desk_that_fails_is_seen_and_found_by_one_key(scene: Scene) -> None:
    scene.sign_in()
    scene.show(f"{READY} === '{DESKS}'", "every desk ready")
    failing = scene.simulator.desks[7]
    told = {"state": "degraded", "faults": ["microphone"], "at": "2026-11-26T09:00:00.000Z"}
    failing.client.publish(topic(failing.desk, STATE), json.dumps(told), 1, retain=True)
    scene.show("document.querySelector('.stream li .icon.degraded')", "the stream says so")
    scene.tab.press("n")
    scene.show(
        f"document.querySelector('.details h2').innerText.includes('{failing.desk.desk}')", "n"
    )
    assert "microphone" in scene.tab.text()
    scene.tab.press("p")
    scene.show("document.querySelectorAll('.tile').length === 1", "only what needs attention")
    scene.tab.press("p", "l")
    scene.show("document.querySelector('.total.degraded').innerText.includes('异常')", "Chinese")
    scene.tab.press("l")
    failing.client.publish(topic(failing.desk, STATE), told_ready(), 1, retain=True)
    scene.show(f"{READY} === '{DESKS}'", "well again")


def told_ready() -> str:
    return json.dumps({"state": "ready", "faults": [], "at": "2026-11-26T09:00:01.000Z"})


def kept(scene: Scene, desks: int) -> list[Message]:
    """A finding of each of some desks, as the collector would keep it."""
    messages = []
    for one in scene.simulator.desks[:desks]:
        event = one._event()
        messages.append(read(event_topic(one.desk, event), json.dumps(event).encode()))
    return messages


def test_counts_are_shown_from_five_desks_on(scene: Scene) -> None:
    scene.sign_in()
    scene.store.add(kept(scene, 4))
    scene.show("document.querySelector('.counts')?.innerText.includes('fewer than 5')", "hidden")
    assert scene.tab.eval("document.querySelectorAll('.bars .chart').length") == 0
    scene.store.add(kept(scene, 6))
    scene.show("document.querySelectorAll('.bars .chart').length > 0", "counts")
    scene.tab.click("Numbers")
    totals = (
        "[...document.querySelectorAll('.numbers td:last-child')].map(td => Number(td.innerText))"
    )
    assert sum(scene.tab.eval(totals)) == 10


def test_a_supervisor_sees_single_events_and_leaves(scene: Scene) -> None:
    scene.sign_in()
    scene.show(f"{READY} === '{DESKS}'", "every desk ready")
    scene.tab.click("Supervisor")
    scene.tab.wait("!!document.querySelector('.veil input[type=password]')", "the form")
    scene.tab.press("Escape")
    scene.tab.wait("!document.querySelector('.veil')", "the form goes by a key")
    scene.tab.click("Supervisor")
    type_password(scene.tab, "wrong")
    scene.show("document.querySelector('[role=alert]')?.innerText.includes('refuses')", "a refusal")
    type_password(scene.tab, password(scene.floor, "supervisor"))
    scene.show("document.querySelector('.notice')?.innerText.includes('Single')", "the notice")
    scene.show("window.performance.now() > 0", "a moment")
    scene.simulator.run(lambda: found_in_stream(scene))
    scene.tab.click("Leave")
    scene.show("document.querySelectorAll('.stream .cue-red').length === 0", "no event any more")


def found_in_stream(scene: Scene) -> bool:
    scene.work(1)
    return bool(scene.tab.eval("document.querySelectorAll('.stream .cue-red').length"))


def type_password(tab: Tab, secret: str) -> None:
    tab.wait("!!document.querySelector('.veil input[type=password]')", "the form")
    tab.eval(
        "(() => { const box = document.querySelector('.veil input[type=password]');"
        f" box.value = {secret!r}; box.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    )
    tab.eval("new Promise(requestAnimationFrame)")
    tab.eval("document.querySelector('.veil form').requestSubmit()")


def test_desks_are_arranged_by_mouse_and_keyboard_and_stay_so(scene: Scene) -> None:
    scene.sign_in()
    scene.show(f"{READY} === '{DESKS}'", "every desk ready")
    scene.tab.press("a")
    scene.tab.wait("!!document.querySelector('.plan.arranging')", "arranging")
    first, second = (
        scene.tab.eval(
            f"(({{x, y}}) => [x + 20, y + 20])(document.querySelectorAll('.tile')[{at}]"
            ".getBoundingClientRect())"
        )
        for at in (0, 1)
    )
    scene.tab.mouse("mousePressed", *first)
    scene.tab.mouse("mouseMoved", *second)
    scene.tab.mouse("mouseReleased", *second)
    layout = "JSON.parse(localStorage.getItem('deskcue.layout')).floors['nanjing/sim-1']"
    scene.tab.wait(f"{layout}?.['1-001']?.join() === '1,0'", "1-001 in the second place")
    assert scene.tab.eval(f"{layout}['1-002'].join()") == "0,0"
    scene.tab.press(" ", "ArrowDown", " ", "a")
    scene.tab.wait(f"{layout}['1-001'].join() === '1,1'", "1-001 a row below")
    scene.sign_in()
    scene.show(f"{READY} === '{DESKS}'", "every desk ready")
    assert scene.tab.eval(f"{layout}['1-001'].join()") == "1,1"


def test_malformed_messages_are_counted_and_nothing_stops(scene: Scene) -> None:
    scene.sign_in()
    scene.show(f"{READY} === '{DESKS}'", "every desk ready")
    one = scene.simulator.desks[0]
    for payload in (b"nonsense", b"\xff\xfe", b'{"state": "online"}'):
        one.client.publish(topic(one.desk, STATE), payload, 1)
    scene.show("document.querySelector('.malformed')?.innerText === '3 malformed'", "the count")
    assert scene.tab.eval(READY) == str(DESKS)


def test_the_page_says_how_old_it_is_and_comes_back_by_itself(scene: Scene) -> None:
    scene.sign_in()
    scene.show(f"{READY} === '{DESKS}'", "every desk ready")
    scene.floor.stop()
    scene.tab.wait("!!document.querySelector('.banner')", "the banner")
    assert "old" in scene.tab.eval("document.querySelector('.banner').innerText")
    assert scene.tab.eval("document.querySelectorAll('.tile').length") == DESKS
    scene.floor.start()
    scene.simulator.run(lambda: scene.simulator.connected == DESKS)
    scene.simulator.run(
        lambda: scene.tab.eval(f"!document.querySelector('.banner') && {READY} === '{DESKS}'")
    )


def test_a_wrong_password_is_said(scene: Scene) -> None:
    scene.sign_in(secret="wrong")
    scene.tab.wait("document.querySelector('[role=alert]')?.innerText.includes('refuses')", "so")


def test_the_language_is_chosen_before_signing_in_and_kept(scene: Scene) -> None:
    tab, form = scene.tab, "document.querySelector('.login')?.innerText"
    for button, said in (("中文", "密码"), ("English", "Password")):
        tab.open("about:blank")
        tab.open(PAGE.as_uri())
        tab.click(button)
        tab.wait(f"{form}.includes('{said}')", f"the form in {button}")
    assert not tab.errors
