"""Light-only: what is found while it is on stays on the desk for good.

The site's settings say whether an agent may choose it; the choice lies in the outbox. Ear and
uplink both ask: the ear marks what it keeps, the uplink sends nothing at all meanwhile.
"""

import json
import sqlite3
from collections.abc import Callable
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.quarantine import Read, Writing
from firmware_py.settings.config import LightOnly

PRIVATE: Final = "SELECT event FROM private"
"""Ids of the events that never leave."""
_KEY: Final = "light_only"
_CHOICE: Final = f"SELECT value FROM status WHERE key = '{_KEY}'"


class Privacy:
    """Whether the desk keeps what it finds to itself."""

    def __init__(self, setting: LightOnly, read: Read, writing: Writing) -> None:
        """Work on the outbox's database, as the site's settings allow."""
        self.setting, self._read, self._writing = setting, read, writing

    @property
    def is_on(self) -> bool:
        """Whether nothing leaves now."""
        return self._is_on(lambda: self._read(_CHOICE, ()))

    def is_on_within(self, db: sqlite3.Connection) -> bool:
        """The same within a transaction: what is written in it is found before or after."""
        return self._is_on(lambda: db.execute(_CHOICE).fetchall())

    def _is_on(self, choice: Callable[[], list[tuple[str]]]) -> bool:
        if self.setting is LightOnly.GRANTED:
            return any(json.loads(value) is True for (value,) in choice())
        return self.setting is LightOnly.ON

    def choose(self, *, on: bool) -> None:
        """Take the agent's choice.

        Raises:
            DeskcueError: the site does not leave it to the agent, or it cannot be written.
        """
        if self.setting is not LightOnly.GRANTED:
            raise DeskcueError(
                f'light_only under [privacy] in deskcue.toml is "{self.setting}"; the agent may'
                ' choose once the site has set it to "granted"'
            )
        with self._writing() as db:
            db.execute("REPLACE INTO status VALUES (?, ?)", (_KEY, json.dumps(on)))

    def count(self) -> int:
        """Events that never leave."""
        return int(self._read("SELECT count(*) FROM private", ())[0][0])
