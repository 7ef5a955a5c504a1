"""What a site changes in a rulebook by its settings."""

from firmware_py.rules import load_rulebook
from firmware_py.rules.tuned import tuned
from firmware_py.settings.config import RuleTuning

BOOK = load_rulebook("10086")


def test_nothing_changed_is_the_same_rulebook() -> None:
    assert tuned(BOOK, RuleTuning()) is BOOK


def test_phrases_are_stricter_and_cues_rarer_and_the_hash_says_so() -> None:
    changed = tuned(BOOK, RuleTuning(0.25, 90.0))
    pairs = [*zip(BOOK.phrases, changed.phrases, strict=True)]
    assert pairs
    assert all(new.threshold == min(0.0, old.threshold + 0.25) for old, new in pairs)
    assert (changed.cues.least_gap_s, changed.rules) == (90.0, BOOK.rules)
    hashes = {BOOK.sha256, changed.sha256, tuned(BOOK, RuleTuning(0.25)).sha256}
    assert len(hashes) == 3
