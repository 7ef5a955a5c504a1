"""Sends one command to one desk, and says what the broker thinks of it."""

from typing import Any, Final

from firmware_py.contract.topics import Channel, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.client import connect, hang_up, make_client, wait
from firmware_py.fleet.broker.login import Login
from firmware_py.settings.config import Desk

_NOBODY: Final = 0x10
"""No matching subscribers (MQTT 5, section 3.4.2.1)."""


def send_command(login: Login, name: str, desk: Desk, channel: Channel, payload: str) -> None:
    """Publish it, and wait until the broker has taken it.

    Args:
        login: one that may write what desks listen to.
        name: client id, which nobody else may have.
        desk: whom it is for.
        channel: one that desks listen to.
        payload: the command.

    Raises:
        DeskcueError: the broker is away, or the login may not; or no desk of that name listens, as
            far as the broker says.
    """
    client, answers = make_client(login, name), list[Any]()
    client.on_publish = lambda _c, _u, _mid, code, _p: answers.append(code)
    connect(client, login)
    try:
        client.publish(topic(desk, channel), payload, channel.qos, channel.retain)
        wait(client, lambda: answers, f"the broker {login.where} does not answer")
    finally:
        hang_up(client)
    if answers[0].is_failure:
        raise DeskcueError(f"the broker refuses it ({answers[0]}); {login.folder} may not command")
    if answers[0].value == _NOBODY:
        raise DeskcueError(f"nobody listens for {desk.floor}/{desk.desk}: is the desk connected?")
