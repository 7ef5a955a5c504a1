"""A broker that is away for a day, a full disk, a damaged outbox, a certificate that expires."""

import contextlib
import datetime
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from firmware_py.fleet.names import identity
from firmware_py.fleet.sites.site import read_site, write_login
from firmware_py.outbox.sink import OutboxSink
from lab.torture.kills import Outcome, outcome
from lab.torture.rig import DESK, Arrival, Listener, Rig, settle, wait_for

DAY_S: Final = 86_400
DISK: Final = "2m"
"""So small that the events themselves come to fill it, with nobody else to make room."""
_DAY: Final = datetime.timedelta(days=1)


@contextlib.contextmanager
def running(
    folder: Path, drain_per_s: float = 1000.0
) -> Iterator[tuple[Rig, Listener, OutboxSink]]:
    """A rig that runs, who listens, and the ear's end of the outbox."""
    rig = Rig(folder, drain_per_s=drain_per_s)
    rig.start()
    listener = Listener(rig.site / "logins" / "reader")
    try:
        with rig.shelf() as sink:
            yield rig, listener, sink
    finally:
        listener.close()
        rig.stop()


@dataclass(frozen=True, slots=True)
class Day:
    """A broker that was away for a day."""

    outcome: Outcome
    most: int
    """Events that came in the second with the most."""
    flagged: int
    """Events that say that they come late."""


def away_for_a_day(folder: Path, events: int, drain_per_s: float) -> Day:
    """A day's events wait, dated as they would be; then the broker is back."""
    with running(folder, drain_per_s) as (rig, listener, sink):
        rig.find(sink)
        wait_for(lambda: listener.arrivals, "the first event")
        rig.broker.kill()
        began = time.time() - DAY_S
        rig.events(sink, [began + DAY_S * number / events for number in range(events)])
        rig.broker.start()
        settle(rig, listener)
    late = [one for one in listener.arrivals if one.number > 1]
    flagged = len({one.number for one in late if one.flagged})
    result = outcome(listener.arrivals, rig.found)
    return Day(result, _most_in_a_second(late), flagged)


def _most_in_a_second(arrivals: list[Arrival]) -> int:
    times = sorted(one.at for one in arrivals)
    first = most = 0
    for last, moment in enumerate(times):
        while moment - times[first] > 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


@contextlib.contextmanager
def small_disk(where: Path) -> Iterator[Path]:
    """A disk of a few megabytes, as root."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(where)], check=True)
    try:
        yield where
    finally:
        subprocess.run(["umount", str(where)], check=True)


def _fill(filler: Path) -> None:
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def _overflows(rig: Rig, sink: OutboxSink, filler: Path, events: int) -> bool:
    _fill(filler)  # the uplink may have cut the log of what it sent, and made room
    rig.find(sink, events)
    return sink.waiting > 0


def _is_shelved(sink: OutboxSink) -> bool:
    sink.tend(clock_set=False)
    return not sink.waiting


def disk_full(folder: Path, events: int) -> tuple[Outcome, int]:
    """The disk fills while events flow, and empties again; also how many waited in memory."""
    (folder / "shelf").mkdir()
    with small_disk(folder / "shelf") as disk, running(folder) as (rig, listener, sink):
        rig.find(sink, events)
        filler = disk / "filler"
        wait_for(lambda: _overflows(rig, sink, filler, events), "an event that finds no room")
        waiting = sink.waiting
        filler.unlink()
        wait_for(lambda: _is_shelved(sink), "room for what waits in memory")
        rig.find(sink, events)
        wait_for(lambda: _is_shelved(sink), "room for what was found last")
        settle(rig, listener)
        sink._outbox.close()
    return outcome(listener.arrivals, rig.found), waiting


def damaged(folder: Path, events: int) -> tuple[Outcome, bool]:
    """The outbox's file is damaged once all it held was sent; also whether it was put aside."""
    with running(folder) as (rig, listener, sink):
        rig.find(sink, events)
        settle(rig, listener)
        rig.uplink.kill()
        sink._outbox.close()
        rig.outbox_path.write_bytes(b"damage " * 4096)
        for left in ("-wal", "-shm"):
            rig.outbox_path.with_name(rig.outbox_path.name + left).unlink(missing_ok=True)
        with rig.shelf() as again:
            rig.uplink.start()
            rig.find(again, events)
            settle(rig, listener)
    aside = rig.outbox_path.with_name(f"{rig.outbox_path.name}.broken-1")
    return outcome(listener.arrivals, rig.found), aside.is_file()


def certificate_expires(folder: Path, events: int) -> tuple[Outcome, int]:
    """The desk's certificate expires, and is renewed beside the running uplink.

    Returns:
        What came of the events, and how many of them came while it was expired.
    """
    with running(folder) as (rig, listener, sink):
        rig.find(sink, events)
        settle(rig, listener)
        expire(rig)
        rig.broker.kill()  # whoever is in stays in: a certificate counts at the door
        rig.broker.start()
        rig.find(sink, events)
        # In TLS 1.3 a client learns only afterwards that it was refused: the line just breaks.
        told = rig.folder / "uplink.log"
        wait_for(lambda: told.read_text("utf-8").count("events wait") > 1, "a refusal")
        meanwhile = len(listener.numbers) - events
        site = read_site(rig.site)
        for path in rig.keys.iterdir():
            path.unlink()
        rig.keys.rmdir()
        write_login(rig.keys, site.address, site.authority, identity(DESK))
        settle(rig, listener)
    return outcome(listener.arrivals, rig.found), meanwhile


def expire(rig: Rig) -> None:
    """Give the desk a certificate of the site's that was good until yesterday."""
    authority = x509.load_pem_x509_certificate((rig.site / "ca.pem").read_bytes())
    signer = load_pem_private_key((rig.site / "private" / "ca.key").read_bytes(), None)
    old = x509.load_pem_x509_certificate((rig.keys / "certificate.pem").read_bytes())
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(
        authority.subject,
        old.subject,
        old.public_key(),
        x509.random_serial_number(),
        now - 2 * _DAY,
        now - _DAY,
        list(old.extensions),
    ).sign(signer, hashes.SHA256())
    (rig.keys / "certificate.pem").write_bytes(made.public_bytes(Encoding.PEM))
