"""Updates of a running desk, with real bundles: taken, taken back, refused, cut off, killed."""

import random
import subprocess
import time
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lab.boot import bundles
from lab.boot.container import UNITS, Container, kill_tree, soon
from lab.boot.lab import EAR, Lab, hearing, wait_until_it_hears
from lab.results import at_most

PLAIN: Final = "srv/plain.bundle"
KEY: Final = "srv/update.key"
WATCH_S: Final = 200.0
"""Patience with a trial that a boot goes on with."""
SLOTS: Final = "/opt/deskcue"
KILLED: Final = "/opt/killed"
"""Another pair of slots, for the kills."""
_UNIT: Final = "/etc/systemd/system/deskcue-uplink.service"


def updates(lab: Lab) -> None:
    """Update, and see that the desk does well or is as it was."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex((lab.root / KEY).read_text().strip()))
    public = key.public_key().public_bytes_raw()
    (lab.root / "etc/deskcue/update.pub").write_text(public.hex(), "ascii")
    (lab.root / "srv/foreign.pub").write_text(bytes(reversed(public)).hex(), "ascii")
    made = bundles.make(lab.root / PLAIN, key, lab.root / "srv")
    cut = lab.root / "srv/cut.bundle"
    cut.write_bytes(made["new"].read_bytes()[:-100_000])
    with lab.desk() as desk:
        wait_until_it_hears(desk)
        _refused(lab, desk)
        _taken(lab, desk)
        _taken_back(lab, desk)
        _cut_off(lab, desk)


def update(desk: Container, bundle: str, *more: str) -> tuple[int, str]:
    """Take a bundle; exit code, and what was said."""
    command = desk.command("deskcue", "update", f"/srv/{bundle}.bundle", *more)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


def version(desk: Container) -> str:
    """Of the program that is in force."""
    return desk.run("deskcue", "--version").split()[-1]


def _refused(lab: Lab, desk: Container) -> None:
    before = version(desk)
    desk.run(
        "sh",
        "-c",
        f"mkdir -p /run/full && mount -t tmpfs -o size=40M tmpfs /run/full && cd"
        f" /run/full && mkdir -p slots/a && echo {before} >slots/a/whole && ln -s slots/a current",
    )
    for bundle, more, word in (
        ("other", (), "for riscv64 with Python"),
        ("old", (), "older than"),
        ("new", ("--key", "/srv/foreign.pub"), "signature does not fit"),
        ("cut", (), "fetch it again"),
        ("nowhere", (), "No such file"),
        ("new", ("--root", "/run/full"), "full; free some space"),
    ):
        code, said = update(desk, bundle, *more)
        well = code == 1 and word in said and len(said.splitlines()) == 1
        lab.report.check(f"{bundle} {' '.join(more)} is refused: {said}", well)
    well = version(desk) == before and all(map(desk.is_active, UNITS))
    lab.report.check("and the old state stays", well)


def _taken(lab: Lab, desk: Container) -> None:
    relay = desk.show("deskcue-relay", "MainPID")
    code, said = update(desk, "new")
    lab.report.check(f"a newer version is taken: {said}", code == 0)
    lab.report.check("it is in force", version(desk) == bundles.NEW)
    lab.report.check("with its units", f"{bundles.MARK}{bundles.NEW}" in desk.run("cat", _UNIT))
    lab.report.check("the services run", all(map(desk.is_active, UNITS)))
    lab.report.check("the ear hears", len(hearing(desk)) > 1)
    same = desk.show("deskcue-relay", "MainPID") == relay
    lab.report.check("and the relay was not touched", same)


def _taken_back(lab: Lab, desk: Container) -> None:
    code, said = update(desk, "ill")
    well = code == 1 and "was taken back" in said and EAR in said
    lab.report.check(f"a version whose ear does not start is taken back: {said}", well)
    _as_before(lab, desk)


def _cut_off(lab: Lab, desk: Container) -> None:
    """The power goes while a version that does not do well is on trial."""
    trial = desk.popen("deskcue", "update", "/srv/ill.bundle")
    on_trial = soon(lambda: not desk.fails("test", "-e", f"{SLOTS}/trial"), 120.0)
    lab.report.check("a trial begins", on_trial is not None)
    time.sleep(3.0)
    desk.cut()
    trial.wait()
    desk.start()
    lab.report.check("the next boot ends the trial", soon(lambda: _ended(desk), WATCH_S))
    _as_before(lab, desk)


def _ended(desk: Container) -> bool:
    return desk.fails("test", "-e", f"{SLOTS}/trial") and all(map(desk.is_active, UNITS))


def _as_before(lab: Lab, desk: Container) -> None:
    lab.report.check("the version before is in force", version(desk) == bundles.NEW)
    lab.report.check("with its units", f"{bundles.MARK}{bundles.NEW}" in desk.run("cat", _UNIT))
    lab.report.check("and its services run", soon(lambda: all(map(desk.is_active, UNITS)), 30.0))


def kills(lab: Lab, times: int, seed: int = 14) -> None:
    """Kill the updater at any moment, so many times; a whole version must be in force each time."""
    rng, bad, cut, switched = random.Random(seed), 0, 0, 0
    with lab.desk() as desk:
        desk.run(
            "sh",
            "-c",
            f"rm -rf {KILLED} && mkdir -p {KILLED}/slots && cp -a {SLOTS}/current/."
            f" {KILLED}/slots/a && ln -s slots/a {KILLED}/current",
        )
        before = _whole(desk)
        whole_s = _to_the_switch(desk)
        for _ in range(times):
            updater = desk.popen("deskcue", "update", "/srv/new.bundle", "--root", KILLED)
            time.sleep(rng.uniform(0.0, 1.15 * whole_s))
            cut += updater.poll() is None
            kill_tree(updater)
            found = _whole(desk)
            switched += found == bundles.NEW
            bad += found not in (before, bundles.NEW)
            _back(desk)
    lab.report.measure(
        "kills.broken",
        f"Times that no whole version was in force after {times} kills of an update",
        bad,
        "",
        at_most(0),
        n=cut,
        of="kills",
        remarks=f"{switched} after the switch",
    )


def _whole(desk: Container) -> str:
    """Version that is in force, if it starts and says the same of itself as its slot."""
    told = desk.run("cat", f"{KILLED}/current/whole", check=False).strip()
    said = desk.run(
        f"{KILLED}/current/venv/bin/python", "-m", "firmware_py.cli", "--version", check=False
    )
    return told if said.split()[-1:] == [told] else f"broken: {told!r} {said!r}"


def _to_the_switch(desk: Container) -> float:
    """Seconds from the start of an update to its trial."""
    updater = desk.popen("deskcue", "update", "/srv/new.bundle", "--root", KILLED)
    took = soon(lambda: not desk.fails("test", "-e", f"{KILLED}/trial"), 300.0) or 300.0
    kill_tree(updater)
    _back(desk)
    return took


def _back(desk: Container) -> None:
    """End the trial as a boot would after a failure, but at once."""
    program = (
        "from pathlib import Path; from firmware_py.update.slots import Slots\n"
        f"slots = Slots(Path('{KILLED}'))\n"
        "slots.before_trial and slots.switch(slots.before_trial, on_trial=False)"
    )
    desk.run("/opt/deskcue/venv/bin/python", "-c", program)
