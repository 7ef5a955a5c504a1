"""Measures what the device hears; prints tables, keeps nothing. Not part of the package."""

import sys
from pathlib import Path

# The model's recipe, package ``training``, tells what was held out from it.
sys.path.insert(0, str(Path(__file__).parents[2] / "models"))
