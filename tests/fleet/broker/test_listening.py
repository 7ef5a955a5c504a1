"""A line that comes back when it is lost, and says so where all that is kept was wanted."""

from contextlib import closing

import pytest

from firmware_py.contract.topics import STATE
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.listening import Listening
from firmware_py.fleet.broker.login import read_login
from tests.fleet.floor import Floor


def test_half_of_what_the_broker_keeps_is_not_taken_for_all(floor: Floor) -> None:
    heard: list[str] = []
    login = read_login(floor.reader)
    with closing(Listening(login, "a", (STATE,), lambda topic, _: heard.append(topic))) as line:
        line.settle()
        floor.stop()
        with pytest.raises(DeskcueError, match="no connection to the broker"):
            line.settle()
    assert heard == []
