"""``deskcue fleet publish`` and ``deskcue fetch`` over HTTP: what is taken, what not believed."""

import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.fetch.choice import MOST, Machine, Published, choose
from firmware_py.fetch.fetching import Fetched, fetch
from firmware_py.fleet.packs.repository import Packs
from firmware_py.fleet.packs.signing_keys import ROLES
from tests.commands.running import Deskcue
from tests.fetch.publisher import MACHINE, Publisher
from tests.power_cuts import calls_of, cut
from tests.update.made_bundles import bundle

A = "rulebooks/a.toml"


def test_a_desk_has_what_is_published_and_only_that(site: Publisher) -> None:
    assert site.fetch() == Fetched((A,), ())
    assert site.fetch() == Fetched((), ())
    site.publish(a=b"second", b=b"b")
    assert site.fetch().new == (A, "rulebooks/b.toml")
    assert site.kept() == {A: b"second", "rulebooks/b.toml": b"b"}
    site.publish(remove="rulebooks/b.toml")
    assert site.fetch() == Fetched((), ("rulebooks/b.toml",))
    assert site.kept() == {A: b"second"}


def test_what_was_kept_back_too_long_is_not_believed(site: Publisher) -> None:
    site.fetch()
    site.ago = timedelta(days=8)  # a mirror that shows last week's state for ever
    site.publish(a=b"second")
    with pytest.raises(DeskcueError, match="has run out: the site must publish again"):
        site.fetch()
    assert site.kept() == {A: b"first"}
    site.ago = timedelta()
    site.packs.publish({})  # with nothing new it signs again what runs out
    assert site.fetch().new == (A,)


def test_publishing_nothing_signs_only_what_would_run_out(site: Publisher) -> None:
    before = {path.name for path in (site.folder / "metadata").iterdir()}
    site.packs.publish({})
    assert {path.name for path in (site.folder / "metadata").iterdir()} == before
    site.ago = timedelta(days=-400)
    site.packs.publish({})
    later = {path.name for path in (site.folder / "metadata").iterdir()} - before
    assert later == {"2.root.json", "2.targets.json", "2.snapshot.json"}


def test_an_older_state_is_not_believed(site: Publisher) -> None:
    older = site.copy("older")
    site.publish(a=b"second")
    site.fetch()
    site.put_back(older)
    with pytest.raises(DeskcueError, match="older than what was seen before"):
        site.fetch()
    assert site.kept() == {A: b"second"}


def test_what_a_stranger_signed_is_not_believed(site: Publisher, tmp_path: Path) -> None:
    root = site.first_root()
    site.fetch()
    stranger = Publisher(tmp_path / "stranger")
    stranger.publish(a=b"evil")
    stranger.publish(a=b"more evil")
    site.put_back(stranger.folder)
    for store in ("store", "fresh"):
        with pytest.raises(DeskcueError, match="not signed by this site's keys"):
            site.fetch(store, root)
    assert site.kept() == {A: b"first"}
    assert site.kept("fresh") == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"FIRST", "not what was signed"), (b"first and more", "larger than what was signed")],
)
def test_a_file_that_is_not_what_was_signed_is_not_kept(
    site: Publisher, content: bytes, said: str
) -> None:
    (file,) = (site.folder / "targets" / "rulebooks").iterdir()
    file.write_bytes(content)
    with pytest.raises(DeskcueError, match=said):
        site.fetch()
    assert site.kept() == {}


def test_a_pack_that_is_too_big_is_not_even_asked_for(site: Publisher) -> None:
    site.publish(big=bytes(1_000_001))
    shutil.rmtree(site.folder / "targets")
    with pytest.raises(DeskcueError, match=r"big\.toml has 1000001 bytes; a desk takes 1000000"):
        site.fetch()


def test_metadata_without_end_is_cut_off(site: Publisher) -> None:
    path = site.folder / "metadata" / "timestamp.json"
    path.write_bytes(path.read_bytes() + b" " * 20_000)
    with pytest.raises(DeskcueError, match="larger than what was signed"):
        site.fetch()


@pytest.mark.parametrize("role", ROLES)
def test_a_key_can_be_rotated_and_the_former_one_counts_no_more(
    site: Publisher, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.fetch()
    former = site.root / "former"
    shutil.copytree(site.root / "signing", former)
    site.packs.rotate(role)
    site.publish(a=b"second")
    assert site.fetch().new == (A,)
    assert site.fetch("of-the-first-day").new == (A,)
    root = site.first_root()
    shutil.rmtree(site.root / "signing")
    former.rename(site.root / "signing")
    before = {path: path.read_bytes() for path in site.folder.rglob("timestamp.json")}
    with pytest.raises(DeskcueError, match=f"{role}.key is not the key by which desks know"):
        site.packs.rotate("timestamp") if role == "root" else site.publish(a=b"third")
    assert before == {path: path.read_bytes() for path in before}  # as it was for desks
    monkeypatch.setattr(Packs, "_signer", lambda packs, _root, one: packs._keys.signer(one))
    if role == "root":
        site.packs.rotate("timestamp")
        with pytest.raises(DeskcueError, match="not signed by this site's keys"):
            site.fetch(root=root)
    else:
        site.publish(a=b"third")
        with pytest.raises(DeskcueError, match="not signed by this site's keys"):
            site.fetch(root=root)
    assert site.kept() == {A: b"second"}


@pytest.mark.parametrize(
    "work",
    [
        lambda site: site.packs.rotate("root"),
        lambda site: site.packs.rotate("timestamp"),
        lambda site: site.publish(a=b"second"),
        lambda site: site.fetch(),
    ],
)
def test_after_a_power_cut_at_any_moment_all_goes_on(
    site: Publisher, work: Callable[[Publisher], object], tmp_path: Path
) -> None:
    rng, cuts = random.Random(7), 0
    site.fetch("before")
    whole = tmp_path / "whole"
    shutil.copytree(site.root, whole, ignore=shutil.ignore_patterns("whole"))
    total = calls_of(lambda: work(site))
    for _ in range(6):
        for name in ("packs", "signing", "store", "before"):
            shutil.rmtree(site.root / name, ignore_errors=True)
            if (whole / name).exists():
                shutil.copytree(whole / name, site.root / name)
        cuts += cut(lambda: work(site), rng.randint(1, total))
        site.publish(a=b"third")
        for store in ("store", "before"):
            site.fetch(store)
            assert site.kept(store) == {A: b"third"}
    assert cuts >= 4


def test_a_clock_that_was_never_set_or_went_back_fetches_nothing(site: Publisher) -> None:
    site.fetch()
    for now in (lambda: 90.0, lambda: 1_700_000_000.0):
        with pytest.raises(DeskcueError, match="the clock is not set"):
            fetch(site.url, site.first_root(), site.root / "store", now, MACHINE)


def software(version: str, machine: str = "aarch64", python: str = "3.13") -> Published:
    custom = {"version": version, "machine": machine, "python": python}
    return Published(f"software/{version}-{machine}-{python}", 10, custom)


def test_of_software_the_newest_that_fits_is_taken_and_nothing_older() -> None:
    shelf = [software("1.9.0"), software("1.10.0"), software("2.0.0", "x86_64")]
    assert choose([*shelf, software("3.0.0", python="3.11")], MACHINE) == [shelf[1]]
    assert choose(shelf, Machine("1.10.0", "aarch64", "3.13")) == []
    own = software("1.10.0.1")  # scripts/wheelhouse KEY OUT 1: the same with a site's own model
    assert choose([*shelf, own], Machine("1.10.0", "aarch64", "3.13")) == [own]
    assert choose([Published("software/x", 10, {}), Published("else/x", 1, {})], MACHINE) == []


@pytest.mark.parametrize("path", ["rulebooks/../x", "rulebooks/a/b", "rulebooks", "rulebooks//x"])
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(DeskcueError, match="no path of ours"):
        choose([Published(path, 1, {})], MACHINE)


def test_there_may_not_be_packs_without_end() -> None:
    many = [Published(f"settings/{number}", 1, {}) for number in range(MOST + 1)]
    with pytest.raises(DeskcueError, match="a desk takes 500 at most"):
        choose(many, MACHINE)


def test_from_the_command_line_to_a_desk(site: Publisher, tmp_path: Path, deskcue: Deskcue) -> None:
    (tmp_path / "mine.toml").write_text('extends = "10086"\nversion = 3\n', "utf-8")
    (tmp_path / "dim.toml").write_text("[light]\nbrightness = 0.2\n", "utf-8")
    shown = deskcue(
        *("fleet", "publish", "--site", site.root, "--out", site.folder),
        *("--rulebook", tmp_path / "mine.toml", "--settings", tmp_path / "dim.toml"),
        *("--software", bundle(tmp_path, "9.0.0", "riscv64")),
    )
    assert shown.code == 0, shown.err
    assert "software/deskcue-9.0.0-riscv64-python3.13.bundle" in shown.out
    assert (
        deskcue(
            *("fleet", "keys", "rotate", "targets", "--site", site.root, "--out", site.folder)
        ).code
        == 0
    )
    (tmp_path / "root.json").write_bytes(site.first_root())
    settings = tmp_path / "deskcue.toml"
    settings.write_text(
        f'[packs]\nurl = "{site.url}"\nroot = "{tmp_path}/root.json"\npath = "{tmp_path}/kept"\n',
        "utf-8",
    )
    shown = deskcue("fetch", "--config", settings)
    assert shown.code == 0, shown.err
    assert {*site.kept("kept")} == {A, "rulebooks/mine.toml", "settings/dim.toml"}
    assert deskcue("fetch", "--config", settings).out == "nothing new\n"
    site.stop()
    shown = deskcue("fetch", "--config", settings)
    assert (shown.code, shown.err.count("\n")) == (1, 1)
    assert "cannot be fetched" in shown.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rulebook", "{}/broken.toml"], "broken.toml"),
        (["--settings", "{}/broken.toml"], "broken.toml"),
        (["--software", "{}/broken.toml"], "is no bundle"),
        (["--software", "{}/nowhere"], "nowhere"),
        (["--remove", "rulebooks/b.toml"], "rulebooks/b.toml is not published"),
    ],
)
def test_what_cannot_be_published_is_one_line_and_changes_nothing(
    site: Publisher, arguments: list[str], said: str, tmp_path: Path, deskcue: Deskcue
) -> None:
    (tmp_path / "broken.toml").write_text('extends = "nowhere"\n', "utf-8")
    before = (site.folder / "metadata" / "timestamp.json").read_bytes()
    told = [one.format(tmp_path) for one in arguments]
    shown = deskcue("fleet", "publish", "--site", site.root, "--out", site.folder, *told)
    assert (shown.code, shown.err.count("\n")) == (1, 1)
    assert said in shown.err
    assert (site.folder / "metadata" / "timestamp.json").read_bytes() == before
