"""The catalogue is whole in both languages."""

import string

import pytest

from firmware_py.core.messages import catalogue, message
from firmware_py.rules.engine import OMISSION
from firmware_py.rules.vocabulary import OBSERVATIONS


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", catalogue())
def test_both_languages_say_the_same(key: str) -> None:
    texts = catalogue()[key]
    assert texts.keys() == {"zh", "en"}
    assert fields(texts["zh"]) == fields(texts["en"])


def test_a_message_is_filled_in() -> None:
    assert message("explain.rule", id="F5") == "规则 F5"
    assert message("explain.rule", "en", id="F5") == "Rule F5"


@pytest.mark.parametrize(
    "kind", sorted({OMISSION, "phrase", *(name.partition(".")[0] for name in OBSERVATIONS)})
)
def test_every_kind_of_finding_has_a_word(kind: str) -> None:
    assert f"found.{kind}" in catalogue()
