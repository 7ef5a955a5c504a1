"""Sees to it that a desk has a good certificate; called at every boot and twice a day.

``desk.pem`` holds key and certificate, so that one rename changes both. Until all is done the key
waits in ``desk.key.new``: asked again with the same key, the service gives the same certificate, so
that power may be cut at any moment. With a token the desk enrols; without one it renews once two
thirds of its certificate's time are over.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from firmware_py.enrol import files, keys
from firmware_py.enrol.order import Order, read_order, spend
from firmware_py.enrol.service import Proof, RefusedError, WallClock, ask

FOLDER: Final = Path("/etc/deskcue")
AUTHORITY: Final = "ca.pem"
OWN: Final = "desk.pem"
PENDING: Final = "desk.key.new"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Machine:
    """What enrolling does to a device beyond its folder; tests bring their own."""

    restart_uplink: Callable[[], None]
    """Let the uplink take the new certificate."""
    clock: WallClock = field(default_factory=WallClock)
    boot: Iterable[Path] = files.BOOT
    """Where user data may lie."""
    caches: Iterable[Path] = files.CACHES
    """Where cloud-init keeps it."""


def enrol(folder: Path, machine: Machine) -> str:
    """Enrol, renew, or see that neither is due; return the line that says which.

    Raises:
        RefusedError: the service says no, or there is nothing to ask it with.
        DeskcueError: a file is missing or broken, or the service cannot be asked; nothing that was
            good is lost, and the next call goes on where this one ended.
    """
    order, own = read_order(folder), folder / OWN
    if not order.token:
        _forget_spent(folder)
        if not _is_due(own, machine.clock.now()):
            return f"{own} is good; nothing to do"
    certificate = _asked(folder, order, machine)
    if order.token:
        files.blank(order.token, machine.boot, machine.caches)
        spend(folder, order)
    files.remove(folder / PENDING)
    machine.restart_uplink()
    days = (keys.validity(certificate).ends - machine.clock.now()) / 86_400
    return f"{order.desk} has a certificate, good for {days:.0f} days"


def _is_due(own: Path, now: float) -> bool:
    """Whether the certificate should be renewed now.

    Raises:
        RefusedError: it is gone or has run out, so that it cannot be.
    """
    if not own.exists():
        raise RefusedError(f"{own} is gone and the token is spent; enrol the desk anew")
    validity = keys.validity(own.read_bytes())
    if now > validity.ends:
        raise RefusedError(f"the certificate in {own} has run out; enrol the desk anew")
    return validity.is_due(now)


def _asked(folder: Path, order: Order, machine: Machine) -> bytes:
    """Ask for a certificate, and keep it with its key; give it back."""
    key = _pending(folder)
    authority = folder / AUTHORITY
    body = {"request": keys.request(key).decode()}
    if order.token:
        path, proof = "/v1/enrol", Proof(authority)
        body["token"] = order.token
    else:
        path, proof = "/v1/renew", Proof(authority, folder / OWN)
    answer = ask(order, path, body, proof, machine.clock)
    keys.check(answer.certificate, key, authority.read_bytes(), order.desk)
    if answer.told is not None:
        _set_clock(machine.clock, answer.told)
    files.write(folder / OWN, key + answer.certificate, 0o640)
    return answer.certificate


def _pending(folder: Path) -> bytes:
    """Give the key that waits for its certificate, a new one if none does."""
    path = folder / PENDING
    if path.exists():
        return path.read_bytes()
    key = keys.new_key()
    files.write(path, key, 0o600)
    return key


def _forget_spent(folder: Path) -> None:
    """Remove a key that waits though it has its certificate: power was cut at the very end."""
    path, own = folder / PENDING, folder / OWN
    if path.exists() and own.exists() and keys.same_key(path.read_bytes(), own.read_bytes()):
        files.remove(path)


def _set_clock(clock: WallClock, told: float) -> None:
    try:
        clock.set(told)
    except OSError as error:
        _log.warning("the clock was never set and may not be set here (%s)", error.strerror)
