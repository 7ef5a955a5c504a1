"""What the page's server answers: pure functions of a request, for whoever has the socket."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qs

from firmware_py.contract.contest import ContestReason
from firmware_py.core.errors import DeskcueError
from firmware_py.my_desk.contesting import contest_event
from firmware_py.my_desk.day import entries_of
from firmware_py.my_desk.page import View, address, desk_page
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Desk


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: str = ""
    location: str = ""
    """Where to go on, after something was done."""


@dataclass(frozen=True, slots=True)
class MyDesk:
    """One desk's page."""

    desk: Desk
    outbox: Outbox
    titles: Callable[[str], Mapping[str, str]]
    """Language -> what clauses are about."""
    now: Callable[[], float]
    """Seconds since the epoch."""
    clock_is_set: Callable[[], bool]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def show(self, query: str, trouble: str = "") -> Answer:
        """Answer GET /, with the part of the address after the ``?``."""
        asked = _fields(query)
        language = "en" if asked.get("lang") == "en" else "zh"
        day = _day(asked.get("day", ""), date.fromtimestamp(self.now()))
        privacy = self.outbox.privacy
        view = View(
            self.desk.desk,
            day,
            language,
            entries_of(self.outbox, day),
            self.titles(language),
            privacy.setting,
            privacy.is_on,
            self.token,
            trouble,
        )
        return Answer(400 if trouble else 200, desk_page(view))

    def do(self, path: str, body: str) -> Answer:
        """Answer POST: a contest, or the choice of light-only."""
        asked = _fields(body)
        given = asked.get("token", "")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            return Answer(403)
        back = address(
            _day(asked.get("day", ""), date.fromtimestamp(self.now())), asked.get("lang", "zh")
        )
        try:
            known = self._do(path, asked)
        except DeskcueError as error:
            return self.show(back.partition("?")[2], str(error))
        return Answer(303, location=back) if known else Answer(404)

    def _do(self, path: str, asked: Mapping[str, str]) -> bool:
        if path == "/contest":
            self._contest(asked.get("event", ""), asked.get("reason", ""))
        elif path == "/light-only":
            self.outbox.privacy.choose(on=asked.get("want") == "on")
        else:
            return False
        return True

    def _contest(self, event: str, reason: str) -> None:
        if reason not in [*ContestReason]:
            raise DeskcueError(f"a reason is one of {', '.join(ContestReason)}")
        told, known = ContestReason(reason), self.clock_is_set()
        contest_event(self.outbox, self.desk, event, told, self.now(), clock_set=known)


def _fields(text: str) -> dict[str, str]:
    try:
        return {key: values[-1] for key, values in parse_qs(text, max_num_fields=20).items()}
    except ValueError:
        return {}


def _day(text: str, today: date) -> date:
    """A day that has one before and one after it; today if the text is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if 1970 < day.year < 9999 else today
