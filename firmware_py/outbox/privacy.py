"""Light-only: what is found while it is on stays on the desk for good.

The settings say whether an agent may choose it; the choice lies in the outbox. So does what the
ear has in force of the settings, for whoever else has the outbox open: a site may change it while
all of them run. Ear and uplink both ask: the ear marks what it keeps, the uplink sends nothing at
all meanwhile.
"""

import contextlib
import json
import sqlite3
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.quarantine import Read, Writing
from firmware_py.settings.config import LightOnly

PRIVATE: Final = "SELECT event FROM private"
"""Ids of the events that never leave."""
_KEY: Final = "light_only"
_IN_FORCE: Final = "light_only_in_force"
_SAID: Final = f"SELECT key, value FROM status WHERE key IN ('{_KEY}', '{_IN_FORCE}')"


class Privacy:
    """Whether the desk keeps what it finds to itself."""

    def __init__(self, setting: LightOnly, read: Read, writing: Writing) -> None:
        """Work on the outbox's database; ``setting`` holds until an ear has said its own."""
        self._own, self._read, self._writing = setting, read, writing

    @property
    def setting(self) -> LightOnly:
        """What is in force: whether it is off, on, or left to the agent."""
        return self._setting(self._read(_SAID, ()))

    def _setting(self, said: list[tuple[str, str]]) -> LightOnly:
        with contextlib.suppress(KeyError, ValueError):  # not said yet, or damaged
            return LightOnly(json.loads(dict(said)[_IN_FORCE]))
        return self._own

    def put_in_force(self, setting: LightOnly) -> None:
        """Say, as the ear, what is in force from now on.

        Raises:
            OutboxError: it cannot be written; what was stays.
        """
        self._own = setting
        if dict(self._read(_SAID, ())).get(_IN_FORCE) != json.dumps(setting):
            with self._writing() as db:
                db.execute("REPLACE INTO status VALUES (?, ?)", (_IN_FORCE, json.dumps(setting)))

    @property
    def is_on(self) -> bool:
        """Whether nothing leaves now."""
        return self._is_on(self._read(_SAID, ()))

    def is_on_within(self, db: sqlite3.Connection) -> bool:
        """The same within a transaction: what is written in it is found before or after."""
        return self._is_on(db.execute(_SAID).fetchall())

    def _is_on(self, said: list[tuple[str, str]]) -> bool:
        setting = self._setting(said)
        chosen = dict(said).get(_KEY, "false") != "false"  # so is what is damaged
        return setting is LightOnly.ON or (setting is LightOnly.GRANTED and chosen)

    def choose(self, *, on: bool) -> None:
        """Take the agent's choice.

        Raises:
            DeskcueError: the site does not leave it to the agent, or it cannot be written.
        """
        if (setting := self.setting) is not LightOnly.GRANTED:
            raise DeskcueError(
                f'light_only under [privacy] is "{setting}"; the agent may'
                ' choose once the site has set it to "granted"'
            )
        with self._writing() as db:
            db.execute("REPLACE INTO status VALUES (?, ?)", (_KEY, json.dumps(on)))

    def count(self) -> int:
        """Events that never leave."""
        return int(self._read("SELECT count(*) FROM private", ())[0][0])
