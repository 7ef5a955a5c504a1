"""The floor page, built."""

import os
import subprocess

import pytest

from tests.checkout import ROOT

PAGE = ROOT / "firmware_py" / "fleet" / "static" / "index.html"


def build_page() -> None:
    """Make it stand; a checkout that cannot be written must have it already."""
    if not PAGE.exists() and not os.access(ROOT / "web", os.W_OK):
        pytest.skip("the floor page was not built, and this checkout cannot be written")
    subprocess.run([ROOT / "scripts" / "web"], check=True)
