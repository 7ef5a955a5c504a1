"""The situations, which are data."""

from datetime import datetime

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.device.pipeline import Pipeline
from firmware_py.drill import Practice, Situation, situations
from firmware_py.rules import Rulebook, load_rulebook, started_at
from firmware_py.rules.clauses import clauses
from firmware_py.rules.event_pattern import EventPattern
from firmware_py.rules.rulebook import Text
from firmware_py.rules.vocabulary import is_under
from lab.scenarios.attempts import ATTEMPTS


def test_every_situation_has_attempts_that_test_it() -> None:
    assert ATTEMPTS.keys() == situations().keys()


@pytest.mark.parametrize("situation", situations().values(), ids=lambda one: one.id)
def test_its_clause_and_its_phrases_exist(situation: Situation) -> None:
    assert situation.clause in clauses()
    rulebook = load_rulebook(situation.rulebook)
    known = [f"phrase.{phrase.id}" for phrase in rulebook.phrases]
    for need in situation.need:
        for name in need.names:
            assert any(is_under(one, name) for one in known), name
    assert situation.title.en
    assert situation.prompt.en


def test_what_cannot_be_is_refused() -> None:
    need = (EventPattern.parse("phrase.A2"),)
    text = Text("好")
    with pytest.raises(ValueError, match="names nothing"):
        Situation("x", "A2", "10086", text, text, "", ())
    with pytest.raises(ValueError, match="pause_after"):
        Situation("x", "A2", "10086", text, text, "", need, pause_after=1)


def test_a_rulebook_without_the_phrase_is_named() -> None:
    empty = Rulebook("mine", Text("空"), 1, "ab" * 32)
    pipeline = Pipeline(empty, None, started_at(datetime(2026, 3, 4)))
    with pytest.raises(DeskcueError, match=r'rulebook "mine" has no phrase phrase\.A2\.morning'):
        Practice(situations()["opening-05"], pipeline)
