"""The driver of the pins, where nothing may be written."""

import os
import subprocess
import sys

from tests.checkout import ROOT

PROGRAM = """
import os, sys
from firmware_py.core.gpio import import_lgpio
import_lgpio()
import lgpio
print(os.getcwd())
"""


def test_the_driver_needs_no_working_directory_of_its_own() -> None:
    names = ("LG_WD", "GPIOZERO_PIN_FACTORY")
    kept = {name: text for name, text in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd="/proc",  # where nobody can make a file
        env={**kept, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "/proc\n", "")
