"""The agent's page, asked over a real socket."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.my_desk.requests import MyDesk
from firmware_py.my_desk.server import ADDRESS, make_server
from firmware_py.outbox.event import to_event, to_summary
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import LightOnly
from lab.browser import browser
from tests.browser import needs_browser
from tests.contract.validity import assert_valid
from tests.outbox.sample import DESK, STAMP, finding, summary

EVENT = to_event(finding(), STAMP)


def now() -> float:
    return STAMP.began + 100.0


@dataclass
class Page:
    """The page, and the outbox behind it."""

    outbox: Outbox
    port: int
    token: str

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        """Status and body of an answer, or where it leads."""
        line = HTTPConnection(ADDRESS, self.port, timeout=30)
        told = {"Host": f"{ADDRESS}:{self.port}", "Content-Type": "x"} | headers
        with closing(line):
            line.request(method, path, body, told)
            answer = line.getresponse()
            if method in ("GET", "POST"):
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            return answer.status, answer.read().decode() or answer.headers.get("Location", "")

    def send(self, path: str, **values: str) -> tuple[int, str]:
        """Send a form of the page's own."""
        return self.ask("POST", path, urlencode({"token": self.token, **values}))


@pytest.fixture(params=[LightOnly.OFF])
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    """A desk that found something and finished a call today."""
    outbox = Outbox(tmp_path / "outbox.db", light_only=request.param)
    outbox.append(EVENT, to_summary(summary(), STAMP, "2023-11-14T22:13:22.000Z"))
    outbox.acknowledge(1)
    desk = MyDesk(DESK, outbox, lambda lang: {"F5": f"title {lang}"}, now, lambda: True)
    with make_server(desk, 0) as server:
        worker = threading.Thread(target=server.serve_forever)
        worker.start()
        yield Page(outbox, server.server_address[1], desk.token)
        server.shutdown()
        worker.join()
    outbox.close()


def test_it_says_in_plain_words_what_was_sent(page: Page) -> None:
    status, chinese = page.ask("GET", "/")
    assert status == 200
    assert "用语：F5 title zh；亮了红灯；1.3 秒" in chinese
    assert "已发送" in chinese
    assert "等待发送" in chinese
    assert "由公司统一设置" in chinese
    assert "phrases: F5" not in chinese
    english = page.ask("GET", "/?lang=en")[1]
    assert "words: F5 title en; the light was red; 1.3 s" in english
    assert "A call ended: it took 1:00, you spoke 33%" in english
    assert "没有任何记录" in page.ask("GET", "/?day=2020-01-01")[1]


def test_a_contest_is_an_event_of_its_own_and_said_once(page: Page) -> None:
    status, where = page.send("/contest", event=EVENT["id"], reason="not-said")
    assert (status, where[:7]) == (303, "/?day=2")
    (said,) = [row.event for row in page.outbox.pending() if row.event["data"]["kind"] == "contest"]
    assert_valid("deskcue/v1/nanjing/3/3-17/event/contest", said)
    assert (said["subject"], said["contestreason"]) == (EVENT["id"], "not-said")
    assert page.outbox.find("id", EVENT["id"])[0].event == EVENT
    assert "您有异议：没有说过" in page.ask("GET", "/")[1]
    status, again = page.send("/contest", event=EVENT["id"], reason="quoted")
    assert status == 400
    assert "contested already" in again


@pytest.mark.parametrize(
    ("path", "values", "status"),
    [
        ("/contest", {"event": "nothing", "reason": "other"}, 400),
        ("/contest", {"event": EVENT["id"], "reason": "<b>"}, 400),
        ("/contest", {}, 400),
        ("/light-only", {"want": "on"}, 400),
        ("/else", {}, 404),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    path: str, values: dict[str, str], status: int, page: Page
) -> None:
    answer, told = page.send(path, **values)
    assert answer == status
    assert "<b>" not in told
    assert page.outbox.counts().pending == 1


def test_only_the_page_itself_may_change_anything(page: Page) -> None:
    assert set(re.findall(r'name="token" value="([^"]+)"', page.ask("GET", "/")[1])) == {page.token}
    good = urlencode({"token": page.token, "event": EVENT["id"], "reason": "other"})
    assert page.ask("POST", "/contest", good, Host="evil.example:80")[0] == 421
    assert page.ask("POST", "/contest", good, Origin="http://evil.example")[0] == 421
    assert page.ask("GET", "/", Host="evil.example")[0] == 421
    assert page.ask("POST", "/contest", "token=%C3%A9&event=1")[0] == 403
    assert page.ask("POST", "/contest", "x" * 5000)[0] == 413
    assert page.ask("PUT", "/contest", good)[0] == 501
    assert page.ask("GET", "/etc/passwd")[0] == 404
    assert page.outbox.counts().pending == 1


@pytest.mark.parametrize("page", [LightOnly.GRANTED], indirect=True)
def test_a_contest_of_what_was_sent_waits_while_light_only_is_on(page: Page) -> None:
    page.send("/light-only", want="on")
    assert page.send("/contest", event=EVENT["id"], reason="quoted")[0] == 303
    kinds = [row.event["data"]["kind"] for row in page.outbox.pending()]
    assert kinds == ["summary", "contest"]


@pytest.mark.parametrize("page", [LightOnly.GRANTED], indirect=True)
def test_light_only_is_the_agents_choice_where_the_site_grants_it(page: Page) -> None:
    assert page.send("/light-only", want="on")[0] == 303
    page.outbox.append(to_event(finding(40.0), STAMP))
    shown = page.ask("GET", "/")[1]
    assert "仅灯光模式：开" in shown
    assert "只留在本机" in shown
    page.send("/light-only", want="off")
    assert "仅灯光模式：关" in page.ask("GET", "/")[1]
    assert [row.id for row in page.outbox.pending()] == [2]
    assert page.outbox.counts().private == 1


def test_a_port_that_is_taken_is_one_line(page: Page) -> None:
    desk = MyDesk(DESK, page.outbox, lambda _: {}, now, lambda: True)
    with pytest.raises(DeskcueError, match=f"127.0.0.1:{page.port} cannot be listened on"):
        make_server(desk, page.port)


_CONTRASTS = """(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (text) => rgb(text).slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  document.body.style.background = "Canvas";  // what shows where nothing is painted
  const ground = (one) => {
    const colour = getComputedStyle(one).backgroundColor;
    return rgb(colour)[3] === 0 ? ground(one.parentElement) : colour;
  };
  const told = [...document.querySelectorAll("h1,p,a,time,span,button,select")].map((one) => {
    const both = [getComputedStyle(one).color, ground(one)].map(light);
    const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    return [`${one.tagName} ${one.className}`, contrast];
  });
  return [light(ground(document.body)), told];
})()"""
"""How light the page is, and the contrast of each piece of text, as WCAG 2.2 defines them."""


@needs_browser
@pytest.mark.parametrize("page", [LightOnly.GRANTED], indirect=True)
def test_it_follows_the_systems_light_or_dark_and_can_be_read_in_both(page: Page) -> None:
    day = urlencode({"day": "2023-11-14", "lang": "en"})
    with browser() as tab:
        for scheme in ("light", "dark"):
            wanted = {"name": "prefers-color-scheme", "value": scheme}
            tab.ask("Emulation.setEmulatedMedia", features=[wanted])
            tab.open(f"http://{ADDRESS}:{page.port}/?{day}")
            tab.eval(
                "document.querySelector('main').insertAdjacentHTML('beforeend',"
                " '<p class=trouble>no</p>')"
            )
            lightness, contrasts = tab.eval(_CONTRASTS)
            assert (lightness < 0.1) == (scheme == "dark")
            assert {"P trouble", "SPAN said", "A ", "BUTTON ", "SELECT "} <= {
                what for what, _ in contrasts
            }
            assert [one for one in contrasts if one[1] < 4.5] == []
