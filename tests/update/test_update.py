"""Updates: what is taken, what is refused, what is taken back, and fifty power cuts."""

import errno
import os
import random
import tarfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.update import updater
from firmware_py.update.bundle import peek
from firmware_py.update.slots import Slots
from firmware_py.update.updater import WATCHED_S, finish_trial, update
from tests.power_cuts import calls_of, cut
from tests.update.made_bundles import KEY, Desk, bundle, installed, running


@pytest.fixture(autouse=True)
def no_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process loses nothing that the kernel has; no need to wait for the disk."""
    monkeypatch.setattr(os, "sync", lambda: None)


def test_a_bundle_is_laid_into_the_other_slot_and_watched(tmp_path: Path) -> None:
    slots = installed(tmp_path)
    desk = Desk(slots)
    assert update(bundle(tmp_path, "1.1.0"), KEY, slots, desk.system()).startswith("version 1.1.0")
    assert (running(slots), slots.current, slots.version("a")) == ("1.1.0", "b", "1.0.0")
    assert desk.seconds >= WATCHED_S
    assert slots.before_trial == ""
    update(bundle(tmp_path, "1.2.0"), KEY, slots, desk.system())
    assert (running(slots), slots.current) == ("1.2.0", "a")


@pytest.mark.parametrize(
    "ill",
    [
        lambda version, _: "deskcue-ear is not running" if version == "1.1.0" else "",
        lambda version, s: "deskcue-ear was restarted" if version == "1.1.0" and s > 100 else "",
    ],
)
def test_a_version_that_does_not_do_well_is_taken_back_and_said_why(
    tmp_path: Path, ill: Callable[[str, float], str]
) -> None:
    slots = installed(tmp_path)
    desk = Desk(slots, ill)
    with pytest.raises(DeskcueError, match=r"1\.1\.0 was taken back, 1\.0\.0 .*: deskcue-ear"):
        update(bundle(tmp_path, "1.1.0"), KEY, slots, desk.system())
    assert running(slots) == "1.0.0"
    assert desk.restarts == ["1.1.0", "1.0.0"]
    assert slots.before_trial == ""


def test_a_version_that_cannot_even_be_started_is_taken_back(tmp_path: Path) -> None:
    slots = installed(tmp_path)
    system, fails = Desk(slots).system(), iter([True, False])

    def restart() -> None:
        if next(fails):
            raise DeskcueError("systemctl failed: no such unit")

    with pytest.raises(DeskcueError, match=r"1\.1\.0 was taken back, .*no such unit"):
        update(bundle(tmp_path, "1.1.0"), KEY, slots, replace(system, restart=restart))
    assert running(slots) == "1.0.0"
    assert slots.before_trial == ""


def test_a_slow_start_is_no_failure(tmp_path: Path) -> None:
    slots = installed(tmp_path)
    desk = Desk(slots, lambda _, seconds: "still starting" if seconds < 25 else "")
    update(bundle(tmp_path, "1.1.0"), KEY, slots, desk.system())
    assert running(slots) == "1.1.0"


def changed(place: Path, old: bytes, new: bytes) -> Path:
    place.write_bytes(place.read_bytes().replace(old, new))
    return place


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (lambda at: changed(bundle(at, "1.1.0"), b"1.1.0", b"1.9.0"), "signature does not fit"),
        (
            lambda at: changed(bundle(at, "1.1.0"), b"wheel wheel", b"wheel whale"),
            "not what was signed",
        ),
        (lambda at: bundle(at, "1.1.0", machine="aarch64"), "for aarch64 with Python 3.13, this"),
        (lambda at: bundle(at, "1.1.0", python="3.11"), "take the one that fits"),
        (lambda at: bundle(at, "0.9.9"), "older than 1.0.0.*--allow-downgrade"),
        (lambda at: at / "nowhere.bundle", "No such file.*old version stays"),
        (lambda _: Path(__file__), "is no bundle, or cut short"),
    ],
)
def test_what_does_not_fit_is_one_line_and_the_old_state_stays(
    tmp_path: Path, made: Callable[[Path], Path], line: str
) -> None:
    slots = installed(tmp_path)
    desk = Desk(slots)
    with pytest.raises(DeskcueError, match=line) as raised:
        update(made(tmp_path), KEY, slots, desk.system())
    assert "\n" not in str(raised.value)
    assert running(slots) == "1.0.0"
    assert desk.restarts == []
    assert not slots.path("b").exists()
    assert not (slots.root / "unpacked").exists()


def test_a_bundle_that_is_refused_costs_not_the_version_before(tmp_path: Path) -> None:
    slots = installed(tmp_path)
    update(bundle(tmp_path, "1.1.0"), KEY, slots, Desk(slots).system())
    with pytest.raises(DeskcueError, match="older"):
        update(bundle(tmp_path, "0.9.0"), KEY, slots, Desk(slots).system())
    assert (slots.version("a"), slots.version("b")) == ("1.0.0", "1.1.0")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE])
def test_a_manifest_that_is_no_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    slots, place = installed(tmp_path), tmp_path / "odd.bundle"
    with tarfile.open(place, "w") as tar:
        for name in ("manifest.json", "manifest.sig"):
            entry = tarfile.TarInfo(name)
            entry.type = kind
            tar.addfile(entry)
    with pytest.raises(DeskcueError, match="signature does not fit"):
        update(place, KEY, slots, Desk(slots).system())


def test_a_file_with_holes_does_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots, place = installed(tmp_path), bundle(tmp_path, "1.1.0")
    with tarfile.open(place) as tar:
        last = tar.getmembers()[-1]
    content = bytearray(place.read_bytes())
    header = content[last.offset : last.offset + 512]
    header[156:157], header[483:495] = tarfile.GNUTYPE_SPARSE, b"%011o " % 2**28
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    content[last.offset : last.offset + 512] = header
    place.write_bytes(content)
    laid: list[str] = []

    def lay(_: IO[bytes], at: Path) -> str:
        laid.append(at.name)
        return signed[at.name]

    signed = {Path(name).name: digest for name, digest in peek(place).files.items()}
    monkeypatch.setattr("firmware_py.update.bundle._laid", lay)
    with pytest.raises(DeskcueError, match="not what was signed"):
        update(place, KEY, slots, Desk(slots).system())
    assert laid == ["program"]


def test_another_key_and_a_cut_bundle_are_refused(tmp_path: Path) -> None:
    slots, place = installed(tmp_path), bundle(tmp_path, "1.1.0")
    with pytest.raises(DeskcueError, match="signature does not fit"):
        update(place, bytes(32), slots, Desk(slots).system())
    place.write_bytes(place.read_bytes()[:-9000])
    with pytest.raises(DeskcueError, match="fetch it again"):
        update(place, KEY, slots, Desk(slots).system())
    assert running(slots) == "1.0.0"


def test_a_downgrade_that_is_wanted_is_taken(tmp_path: Path) -> None:
    slots = installed(tmp_path)
    update(bundle(tmp_path, "0.9.9"), KEY, slots, Desk(slots).system(), allow_downgrade=True)
    assert running(slots) == "0.9.9"


def test_a_full_disk_is_one_line_and_the_old_state_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = installed(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(updater, "unpack", full)
    with pytest.raises(DeskcueError, match="full; free some space"):
        update(bundle(tmp_path, "1.1.0"), KEY, slots, Desk(slots).system())
    assert running(slots) == "1.0.0"


def test_slots_that_were_never_made_are_one_line(tmp_path: Path) -> None:
    slots = Slots(tmp_path)
    with pytest.raises(DeskcueError, match="install deskcue once with scripts/install"):
        update(bundle(tmp_path, "1.1.0"), KEY, slots, Desk(slots).system())


def test_after_a_power_cut_at_any_moment_a_whole_version_boots(tmp_path: Path) -> None:
    rng, cuts, versions = random.Random(14), 0, set[str]()
    total = 0
    for number in range(51):
        place = tmp_path / str(number)
        place.mkdir()
        slots, new = installed(place), bundle(place, "1.1.0")
        work = partial(update, new, KEY, slots, Desk(slots).system())
        if number == 0:
            total = calls_of(work)
            continue
        cuts += cut(work, rng.randint(1, total))
        assert running(slots) in ("1.0.0", "1.1.0")
        assert slots.version(slots.current) == running(slots)
        finish_trial(slots, Desk(slots).system())  # what the next boot does
        assert slots.before_trial == ""
        versions.add(running(slots))
        work()  # and it can be tried again
        assert running(slots) == "1.1.0"
    assert cuts >= 45
    assert versions == {"1.0.0", "1.1.0"}


def test_a_trial_that_a_power_cut_broke_off_goes_back_if_the_new_one_is_ill(
    tmp_path: Path,
) -> None:
    slots = installed(tmp_path)
    desk = Desk(slots)
    update(bundle(tmp_path, "1.1.0"), KEY, slots, desk.system())
    slots.switch("a", on_trial=False)
    slots.switch("b", on_trial=True)
    ill = Desk(slots, lambda version, _: "it does not start" if version == "1.1.0" else "")
    assert finish_trial(slots, ill.system()) == "went back to 1.0.0: it does not start"
    assert running(slots) == "1.0.0"


def test_nothing_on_trial_is_nothing_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = installed(tmp_path)

    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "unlink", read_only)
    assert finish_trial(slots, Desk(slots).system()) == ""
