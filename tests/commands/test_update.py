"""``deskcue update`` before it comes to a bundle's contents."""

from pathlib import Path

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
