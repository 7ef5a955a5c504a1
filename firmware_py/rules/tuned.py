"""A rulebook with what a site changes in it by its settings."""

import hashlib
from dataclasses import asdict, replace

from firmware_py.rules.rulebook import Rulebook
from firmware_py.settings.config import RuleTuning


def tuned(rulebook: Rulebook, tuning: RuleTuning) -> Rulebook:
    """The rulebook as it is in force; where anything is changed, its hash is another."""
    if tuning == RuleTuning():
        return rulebook
    phrases = tuple(
        replace(one, threshold=min(0.0, one.threshold + tuning.stricter_by))
        for one in rulebook.phrases
    )
    cues = rulebook.cues
    if tuning.least_gap_s is not None:
        cues = replace(cues, least_gap_s=tuning.least_gap_s)
    sha256 = hashlib.sha256(f"{rulebook.sha256} {sorted(asdict(tuning).items())}".encode())
    return replace(rulebook, phrases=phrases, cues=cues, sha256=sha256.hexdigest())
