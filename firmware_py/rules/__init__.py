"""Rules: Observations become Findings.

A rulebook (TOML, see ``firmware_py/rulebooks``) says which sounds and words matter; ``Rules``
applies it.
"""

from firmware_py.rules.engine import Rules
from firmware_py.rules.explain import explain
from firmware_py.rules.hours import DeskTime, LocalTime, started_at
from firmware_py.rules.reader import load_rulebook
from firmware_py.rules.reloader import RulebookReloader
from firmware_py.rules.rulebook import Phrase, Rule, Rulebook
from firmware_py.rules.source import EXPERIMENTAL, bundled_rulebooks

__all__ = [
    "EXPERIMENTAL",
    "DeskTime",
    "LocalTime",
    "Phrase",
    "Rule",
    "Rulebook",
    "RulebookReloader",
    "Rules",
    "bundled_rulebooks",
    "explain",
    "load_rulebook",
    "started_at",
]
