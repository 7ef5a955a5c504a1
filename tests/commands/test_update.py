"""``deskcue update`` before it comes to a bundle's contents."""

import os
from pathlib import Path

from firmware_py.core.single_instance import hold
from tests.commands.running import Deskcue
from tests.update.made_bundles import bundle


def test_a_bundle_that_is_not_there_is_said_before_the_key(
    deskcue: Deskcue, tmp_path: Path
) -> None:
    refused = deskcue("update", tmp_path / "nowhere", "--key", tmp_path / "no-key")
    assert refused.code == 1
    (line,) = refused.err.splitlines()
    assert "nowhere: cannot read the bundle: No such file" in line


def test_a_key_that_is_not_there_or_none_is_one_line(deskcue: Deskcue, tmp_path: Path) -> None:
    made, key = bundle(tmp_path, "1.1.0"), tmp_path / "update.pub"
    for text, word in ((None, "cannot read the key"), ("00ff", "no Ed25519 public key")):
        if text:
            key.write_text(text, "ascii")
        refused = deskcue("update", made, "--key", key, "--root", tmp_path / "opt")
        assert refused.code == 1
        (line,) = refused.err.splitlines()
        assert word in line


def test_a_second_update_names_the_first(deskcue: Deskcue, tmp_path: Path) -> None:
    with hold(tmp_path / "update.lock", "an update"):
        refused = deskcue("update", "--finish", "--root", tmp_path)
    assert refused.code == 1
    assert f"an update runs already (pid {os.getpid()}" in refused.err


def test_what_it_lays_can_be_read_by_the_services(deskcue: Deskcue, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        deskcue("update", "--finish", "--root", tmp_path)
        assert os.umask(before) == 0o022
    finally:
        os.umask(before)
