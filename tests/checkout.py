"""The checkout that the tests run in."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def tracked() -> list[Path]:
    """Every file that git knows and that is there."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("no checkout, so nothing says which files belong to the project")
    names = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=True
    )
    paths = (ROOT / name for name in names.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]
